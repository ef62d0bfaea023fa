import { usualLoad } from '../../fixtures/session.ts';
import { upperBound } from '../../slo/statistics/binomial.ts';
import type { Condition, Job, Outcome, Source } from './statistics-cells.ts';
import { runJobs } from './statistics-pool.ts';
import { RATE } from './statistics-streams.ts';

/** What one process and one limit came to. Counts of streams; medians of requests until the decision. */
export interface ErrorRow {
  process: string;
  objective: string;
  streams: number;
  falsePass: number;
  falseFail: number;
  /** Streams of the other conditions, the right decisions among them, and the median requests these took. */
  power: Record<Exclude<Condition, 'limit'>, { streams: number; right: number; median: number | undefined }>;
}

export interface TableOptions {
  /** Streams exactly at the limit, per cell; a quarter as many for power. */
  streams: number;
  threads: number;
  /** Only a few cells, in seconds. */
  short: boolean;
  /** As much load as a gate usually gets, for some of the processes, instead of 67 s for all. */
  usual?: boolean;
  onRow?: (row: ErrorRow) => void;
}

const LATENCY_SHARES = [0.5, 0.1, 0.05, 0.01, 0.001];
const powers = ['tenth', 'half', 'twice'] as const;
/** Streams in one piece of work for a thread. */
const CHUNK = 50;
/** Simulated judged load: 20,000 requests and a bit. */
const SECONDS = 67;

/** What a gate usually gets. */
const usual = { seconds: usualLoad.budgetMs / 1000, patienceSeconds: usualLoad.patienceMs / 1000 };

const processes: { name: string; source: Source; allowed: number[]; seconds: number; short?: true; usual?: true }[] = [
  { name: 'independent', source: { kind: 'independent' }, allowed: LATENCY_SHARES, seconds: SECONDS, short: true, usual: true },
  ...[0.3, 0.5, 0.7, 0.8, 0.9].map((load) => ({
    name: `M/M/1, ρ = ${load}`,
    source: { kind: 'mm1' as const, load },
    allowed: LATENCY_SHARES,
    seconds: SECONDS,
    ...(load === 0.7 ? { short: true as const, usual: true as const } : {}),
  })),
  { name: 'batched service', source: { kind: 'batched' }, allowed: LATENCY_SHARES, seconds: SECONDS, usual: true },
  { name: 'on/off, cycle 1 s', source: { kind: 'on-off', cycleSeconds: 1 }, allowed: LATENCY_SHARES, seconds: SECONDS },
  {
    name: 'on/off, cycle 3 s',
    source: { kind: 'on-off', cycleSeconds: 3 },
    allowed: LATENCY_SHARES,
    seconds: SECONDS,
    usual: true,
  },
  { name: 'on/off, cycle 10 s', source: { kind: 'on-off', cycleSeconds: 10 }, allowed: [0.05, 0.01], seconds: SECONDS },
  {
    name: 'failures, single',
    source: { kind: 'failures', meanRun: 1 },
    allowed: [0.01, 0.001],
    seconds: SECONDS,
    short: true,
    usual: true,
  },
  {
    name: 'failures, runs of 5',
    source: { kind: 'failures', meanRun: 5 },
    allowed: [0.01, 0.001],
    seconds: SECONDS,
    usual: true,
  },
  { name: 'throughput, Poisson', source: { kind: 'throughput', swing: 0 }, allowed: [100], seconds: 20 },
  { name: 'throughput, swinging', source: { kind: 'throughput', swing: 0.1 }, allowed: [100], seconds: 20 },
];

function objectiveName(source: Source, allowed: number): string {
  if (source.kind === 'throughput') return `> ${allowed}/s`;
  if (source.kind === 'failures') return `< ${Number((allowed * 100).toPrecision(6))} % fail`;
  return `p${Number(((1 - allowed) * 100).toPrecision(6))}`;
}

/** The errors and the power of the production judge on simulated streams, one row per process and limit, at α = 1 % each way. */
export async function errorTable({ streams, threads, short, usual: asUsual = false, onRow }: TableOptions): Promise<ErrorRow[]> {
  const rows: ErrorRow[] = [];
  for (const { name, source, allowed, seconds } of processes.filter((one) => (!short || one.short) && (!asUsual || one.usual))) {
    const base = { source, allowed, seconds, alphaFail: 0.01, ...(asUsual ? usual : {}) };
    const outcomes: Outcome[] = [];
    // What fails ends the load for all that shares its stream, so then each has its own.
    const cells = asUsual
      ? allowed.flatMap((share) => powers.map((power) => ({ ...base, allowed: [share], conditions: [power] })))
      : [{ ...base, conditions: powers }];
    const limits = asUsual ? allowed.map((share) => ({ ...base, allowed: [share] })) : [base];
    const jobs = [
      ...limits.flatMap((cell) => chunks({ ...cell, conditions: ['limit'] }, streams)),
      ...cells.flatMap((cell) => chunks(cell, Math.ceil(streams / 4))),
    ];
    await runJobs(jobs, threads, (_, done) => outcomes.push(...done));
    for (const share of allowed) {
      const row = rowOf(
        name,
        objectiveName(source, share),
        outcomes.filter((one) => one.allowed === share),
      );
      rows.push(row);
      onRow?.(row);
    }
  }
  return rows;
}

export function chunks(job: Omit<Job, 'from' | 'to'>, streams: number): Job[] {
  const all: Job[] = [];
  for (let from = 0; from < streams; from += CHUNK) all.push({ ...job, from, to: Math.min(streams, from + CHUNK) });
  return all;
}

function rowOf(process: string, objective: string, outcomes: readonly Outcome[]): ErrorRow {
  const of = (condition: Condition) => outcomes.filter((one) => one.condition === condition);
  const atLimit = of('limit');
  const power = (condition: Condition, right: string) => {
    const all = of(condition);
    const decided = all.filter(({ decision }) => decision === right);
    return { streams: all.length, right: decided.length, median: median(decided.map(({ requests }) => requests)) };
  };
  return {
    ...{ process, objective, streams: atLimit.length },
    falsePass: atLimit.filter(({ decision }) => decision === 'pass').length,
    falseFail: atLimit.filter(({ decision }) => decision === 'fail').length,
    power: { tenth: power('tenth', 'pass'), half: power('half', 'pass'), twice: power('twice', 'fail') },
  };
}

export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** `0.15 % (≤ 0.41 %)`: the share, and its one-sided 95 % Clopper–Pearson bound. */
export function withBound(count: number, of: number): string {
  return `${((100 * count) / of).toFixed(2)} % (≤ ${(100 * upperBound(count, of, 0.05)).toFixed(2)} %)`;
}

export const errorHeader = [
  'process',
  'objective',
  'false pass',
  'false fail',
  'passes at a tenth',
  'passes at half',
  'fails at twice',
];

export function errorCells({ process, objective, streams, falsePass, falseFail, power }: ErrorRow): string[] {
  const share = ({ streams: all, right, median: requests }: ErrorRow['power']['half']) =>
    `${((100 * right) / all).toFixed(0)} %${requests === undefined ? '' : ` (${requests.toLocaleString('en-US')})`}`;
  return [
    process,
    objective,
    withBound(falsePass, streams),
    withBound(falseFail, streams),
    share(power.tenth),
    share(power.half),
    share(power.twice),
  ];
}

/** How long the judge needs, beside a load of five fixed minutes. */
export interface TimeRow {
  process: string;
  objective: string;
  target: string;
  /** Share of streams decided rightly within five minutes, and the median of requests and seconds these took. */
  decided: number;
  requests: number | undefined;
  seconds: number | undefined;
}

const FIVE_MINUTES = 300;

export async function timeTable(streams: number, threads: number): Promise<TimeRow[]> {
  const rows: TimeRow[] = [];
  const cases: { name: string; source: Source; allowed: number[] }[] = [
    { name: 'independent', source: { kind: 'independent' }, allowed: [0.05, 0.01] },
    { name: 'M/M/1, ρ = 0.5', source: { kind: 'mm1', load: 0.5 }, allowed: [0.05, 0.01] },
    { name: 'failures, single', source: { kind: 'failures', meanRun: 1 }, allowed: [0.01, 0.001] },
  ];
  const targets = {
    tenth: 'healthy (a tenth of what is allowed)',
    half: 'half of what is allowed',
    twice: 'twice what is allowed',
  } as const;
  for (const { name, source, allowed } of cases) {
    const outcomes: Outcome[] = [];
    const job = { source, allowed, conditions: ['tenth', 'half', 'twice'] as const, seconds: FIVE_MINUTES, alphaFail: 0.01 / 5 };
    await runJobs(chunks(job, streams), threads, (_, done) => outcomes.push(...done));
    for (const share of allowed) {
      for (const condition of ['tenth', 'half', 'twice'] as const) {
        const all = outcomes.filter((one) => one.allowed === share && one.condition === condition);
        const right = all.filter(({ decision }) => decision === (condition === 'twice' ? 'fail' : 'pass'));
        rows.push({
          ...{
            process: name,
            objective: objectiveName(source, share),
            target: targets[condition],
            decided: right.length / all.length,
          },
          ...{ requests: median(right.map(({ requests }) => requests)), seconds: median(right.map(({ seconds }) => seconds)) },
        });
      }
    }
  }
  return rows;
}

export const timeHeader = ['process', 'objective', 'target', 'decided in 5 min', 'requests', 'seconds', 'of 5 min'];

export function timeCells({ process, objective, target, decided, requests, seconds }: TimeRow): string[] {
  const part = seconds === undefined ? '–' : `${((100 * seconds) / FIVE_MINUTES).toFixed(0)} %`;
  return [
    process,
    objective,
    target,
    `${(100 * decided).toFixed(0)} %`,
    requests?.toLocaleString('en-US') ?? '–',
    seconds?.toFixed(0) ?? '–',
    part,
  ];
}

/** A server that stalls for a second every twenty must fail p99 < 500 ms: how often it does, by the load it is given. */
export interface StallRow {
  rhythm: string;
  seconds: number;
  patienceSeconds: number;
  streams: number;
  passed: number;
  failed: number;
  median: number | undefined;
}

export async function stallTable(
  streams: number,
  threads: number,
  lengths: readonly number[] = [60, 120, 180, 300, 600],
  withUsual = true,
): Promise<StallRow[]> {
  const rows: StallRow[] = [];
  for (const { replicas, rhythm } of [
    { replicas: 3, rhythm: 'periodic' as const },
    { replicas: 3, rhythm: 'random' as const },
    { replicas: 1, rhythm: 'periodic' as const },
  ]) {
    for (const load of [...lengths.map((seconds) => ({ seconds, patienceSeconds: seconds })), ...(withUsual ? [usual] : [])]) {
      const outcomes: Outcome[] = [];
      const source: Source = { kind: 'stalling', replicas, cycleSeconds: 20, rhythm };
      const job = { source, allowed: [0.01], conditions: ['limit'] as const, ...load, alphaFail: 0.01 / 5 };
      await runJobs(chunks(job, streams), threads, (_, done) => outcomes.push(...done));
      const failed = outcomes.filter(({ decision }) => decision === 'fail');
      rows.push({
        ...{ rhythm: `${replicas === 1 ? 'one server' : `${replicas} replicas`}, ${rhythm}`, ...load, streams: outcomes.length },
        ...{ passed: outcomes.filter(({ decision }) => decision === 'pass').length, failed: failed.length },
        median: median(failed.map((one) => one.seconds)),
      });
    }
  }
  return rows;
}

export const stallHeader = ['stalls 1 s every 20 s', 'load', 'passes', 'fails', 'seconds to the fail (median)'];

export function stallCells({ rhythm, seconds, patienceSeconds, streams, passed, failed, median: middle }: StallRow): string[] {
  return [
    rhythm,
    patienceSeconds < seconds ? `${patienceSeconds} s, on to ${seconds} s in sight` : `${seconds} s (${seconds * RATE} requests)`,
    withBound(passed, streams),
    `${((100 * failed) / streams).toFixed(0)} %`,
    middle?.toFixed(0) ?? '–',
  ];
}
