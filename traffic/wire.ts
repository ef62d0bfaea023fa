import type { LocalLimit, RequestOutcome, Resending } from '../slo/sample.ts';
import type { LoadSpec } from './load-spec.ts';

/**
 * What the k6 script and the launcher say to each other. The script gets one JSON file, whose path is in the environment, and answers
 * with lines on stdout; a line that starts with none of the marks is k6's own. Times are milliseconds since the plan's epoch.
 */
export const planVariable = 'TAILGATE_PLAN';

/** What a proxy on the way may answer itself: requests, or the making of tunnels for them. */
export type ProxyRole = 'none' | 'forwards' | 'tunnels';

export interface ScriptInput {
  plan: LoadSpec;
  /** Correlation ids are `<prefix>-<index>`. */
  requestIdPrefix: string;
  /** Event loops (k6 virtual users) that share the arrivals. */
  loops: number;
  proxy: ProxyRole;
}

const marks = { ready: '=', start: '>', end: '<', still: '!', probe: '?' } as const;

/** Is told what the script says. */
export interface WireListener {
  /** The script is set up; `zero` is where its schedule starts. */
  ready(zero: number): void;
  start(index: number, intendedStart: number, start: number): void;
  end(index: number, seen: WireEnd): void;
  /** The script's event loops stood still for so long, all of them together as one. */
  still(ms: number): void;
}

/** What is known when a request has ended. */
export interface WireEnd {
  end: number;
  firstByte: number | undefined;
  outcome: RequestOutcome;
  status: number;
  /** What the client said of a request without an answer, and which limit of our own it tells of. */
  error: string | undefined;
  limit: LocalLimit | undefined;
  /** So much of `end` may be our own delay in seeing it, milliseconds. */
  seenLate: number | undefined;
  /** Sent once more, and why. */
  resent: Resending | undefined;
  bytes: number;
  replica: string | undefined;
  modelVersion: string | undefined;
  cacheHit: boolean | undefined;
}

/** What is told of a request that got no answer, beside how it ended. */
export const unanswered = {
  firstByte: undefined,
  status: 0,
  bytes: 0,
  replica: undefined,
  modelVersion: undefined,
  cacheHit: undefined,
  error: undefined,
  limit: undefined,
  seenLate: undefined,
  resent: undefined,
} as const;

export function readyLine(zero: number): string {
  return `${marks.ready}${micros(zero)}`;
}

export function startLine(index: number, intendedStart: number, start: number): string {
  return `${marks.start}${index} ${micros(intendedStart)} ${micros(start)}`;
}

export function endLine(index: number, end: WireEnd): string {
  const {
    firstByte,
    outcome,
    status,
    bytes,
    replica,
    modelVersion,
    cacheHit,
    error,
    limit,
    seenLate,
    resent,
  } = end;
  const first = firstByte === undefined ? null : micros(firstByte);
  const late = seenLate === undefined ? undefined : micros(seenLate);
  const told = [replica, modelVersion, cacheHit, error, limit, late, resent].map(
    (value) => value ?? null,
  );
  const tuple = [index, micros(end.end), first, outcome, status, bytes, ...told];
  return marks.end + JSON.stringify(tuple);
}

export function stillLine(ms: number): string {
  return `${marks.still}${micros(ms)}`;
}

/** Tells what one line says; false for one that is k6's own or was broken off. */
export function readLine(line: string, to: WireListener): boolean {
  switch (line[0]) {
    case marks.start: {
      const [index, intendedStart, start] = line.slice(1).split(' ').map(Number);
      if (index === undefined || intendedStart === undefined || start === undefined) return false;
      if (Number.isNaN(index + intendedStart + start)) return false;
      to.start(index, intendedStart, start);
      return true;
    }
    case marks.end:
      return readEnd(line.slice(1), to);
    case marks.ready:
      return readNumber(line.slice(1), (zero) => to.ready(zero));
    case marks.still:
      return readNumber(line.slice(1), (ms) => to.still(ms));
    default:
      return false;
  }
}

function readNumber(text: string, tell: (value: number) => void): boolean {
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) return false;
  tell(value);
  return true;
}

type EndTuple = [
  ...[
    index: number,
    end: number,
    firstByte: number | null,
    outcome: RequestOutcome,
    status: number,
    bytes: number,
  ],
  ...[replica: string | null, modelVersion: string | null, cacheHit: boolean | null],
  ...[
    error: string | null,
    limit: LocalLimit | null,
    seenLate: number | null,
    resent: Resending | null,
  ],
];

function readEnd(json: string, to: WireListener): boolean {
  let tuple: EndTuple;
  try {
    tuple = JSON.parse(json);
  } catch {
    return false;
  }
  const [
    index,
    end,
    firstByte,
    outcome,
    status,
    bytes,
    replica,
    modelVersion,
    cacheHit,
    ...others
  ] = tuple;
  const [error, limit, seenLate, resent] = others;
  to.end(index, {
    end,
    firstByte: firstByte ?? undefined,
    outcome,
    status,
    bytes,
    replica: replica ?? undefined,
    modelVersion: modelVersion ?? undefined,
    cacheHit: cacheHit ?? undefined,
    error: error ?? undefined,
    limit: limit ?? undefined,
    seenLate: seenLate ?? undefined,
    resent: resent ?? undefined,
  });
  return true;
}

/** What came of the one request that asks before there is load. */
export type Probe =
  | {
      kind: 'answered';
      status: number;
      headers: Readonly<Record<string, string>>;
      /** Its beginning. */
      text: string;
      characters: number;
      wellFormed: boolean;
      /** Whether the service closes a connection when it is asked to. */
      closes: boolean;
    }
  | { kind: 'failed'; code: number; error: string };

/** The first request has its answer, and a second one is sent. */
export const answeredLine = `${marks.probe}answered`;

export function probeLine(probe: Probe): string {
  return marks.probe + JSON.stringify(probe);
}

export function readProbe(line: string): Probe | undefined {
  if (line[0] !== marks.probe) return undefined;
  try {
    return JSON.parse(line.slice(1));
  } catch {
    return undefined;
  }
}

function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
