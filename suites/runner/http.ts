import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { type Exchange, keptBytes } from '../../evidence/exchange.ts';
import { SuiteError } from '../../slo/errors.ts';
import { isReadable, readCodings } from '../../traffic/outcomes.ts';
import { decodersOf, mostBytes, upToLimit } from './decode.ts';
import { readOnWhileSending } from './early-answer.ts';

/** One request of a check. */
export interface Ask {
  method?: string;
  /** Beginning with `/`, below the base URL. */
  path: string;
  /** Base URL where it is not the service's own. */
  to?: string;
  /** Beside the user's own; `null` leaves one out. */
  headers?: Readonly<Record<string, string | null>>;
  /** Sent as it is; `json` is written as JSON with its content type. */
  body?: string | Uint8Array;
  json?: unknown;
}

/** What came back. Whatever a service does, there is an answer: a failure is one. */
export interface Answer {
  /** 0 when no answer came. */
  readonly status: number;
  /** By lower-case name; several of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body, decompressed where it came compressed. */
  readonly text: string;
  /** The body as JSON; undefined where it is none, is no UTF-8, or not all of it is there. */
  readonly json: unknown;
  /** Why there is no answer, or not all of it. */
  readonly failure: string | null;
  readonly ms: number;
  /** Number of the exchange in its run. */
  readonly exchange: number;
  /** A command line that asks for the same by hand. */
  readonly repeat: string;
}

/** Throws only when the check has to end, nothing can be recorded, or our side cannot read what was answered. */
export type Http = (ask: Ask) => Promise<Answer>;

const usualAnswerWithinMs = 30_000;
const tooLarge = `more than ${mostBytes / 1024 / 1024} MiB, which our client does not read`;
/** Undici's words for it, and for nothing else. */
const unaskedContinue = 'bad response';

export interface HttpOptions {
  /** Base URL of the service. */
  url: string;
  /** Of the user's own, sent with every request. */
  headers: Readonly<Record<string, string>>;
  dispatcher(url: URL): Dispatcher;
  /** Takes secrets out of what is written. */
  redact(text: string): string;
  write(exchange: Exchange): void;
  /** Number of the next exchange, of this check, and the time on the run's clock. */
  next(): number;
  run: number;
  now(): number;
  signal: AbortSignal;
  /** How long a whole answer may take. */
  answerWithinMs?: number;
}

/** Sends requests as they are asked for, one connection each, following nothing, and writes each exchange down. */
export function httpFor(options: HttpOptions): Http {
  return async (ask) => {
    const request = compose(ask, options);
    const { body } = request;
    const headers = Object.entries(request.headers);
    const sent = { ...request, headers, body: textOf(body), bytes: Buffer.byteLength(body ?? '') };
    return noteExchange(options, sent, { send: () => send(request, options), repeat: curl });
  };
}

/** A request as it is sent. */
export interface Sent {
  method: string;
  url: URL;
  headers: readonly [string, string][];
  body: string;
  bytes: number;
}

/** The same without secrets. */
type Shown = Pick<Sent, 'method' | 'headers' | 'body'> & { url: string };

interface How {
  send(): Promise<Seen>;
  /** A command line that asks for the same by hand. */
  repeat(shown: Shown): string;
}

/** Sends, and writes down what was sent and what came back. Throws as `Http` does. */
export async function noteExchange(
  options: HttpOptions,
  { method, url, headers, body, bytes }: Sent,
  { send, repeat }: How,
): Promise<Answer> {
  const { redact, signal } = options;
  signal.throwIfAborted();
  const at = options.now();
  const started = performance.now();
  const seen = await send();
  signal.throwIfAborted();
  const ms = performance.now() - started;
  const exchange = options.next();
  const failure = seen.failure === null ? null : redact(seen.failure);
  const clean = (pairs: readonly [string, string][]) =>
    pairs.map(([name, value]): [string, string] => [name, redact(value)]);
  // Cut after it is clean: half of a secret is none that could be found.
  const kept = (text: string, size: number) => ({ text: text.slice(0, keptBytes), bytes: size });
  const shown = { method, url: redact(url.href), headers: clean(headers), body: redact(body) };
  options.write({
    exchange,
    run: options.run,
    at,
    ms,
    request: { ...shown, body: kept(shown.body, bytes) },
    answer:
      seen.status === 0
        ? null
        : {
            status: seen.status,
            headers: clean(seen.headers),
            body: kept(redact(seen.text), seen.bytes),
          },
    failure,
  });
  // It may be a right answer: nothing can be said of the service, for it or against it.
  if (seen.unread !== undefined)
    throw new SuiteError('TRAFFIC_FAILED', redact(`${shown.url} answered with ${seen.unread}`));
  return {
    status: seen.status,
    headers: Object.fromEntries(seen.headers),
    text: seen.text,
    json: failure === null && seen.isText ? parsed(seen.text) : undefined,
    failure,
    ms,
    exchange,
    repeat: repeat(shown),
  };
}

function compose({ path, to, json, body: given, headers, method }: Ask, of: HttpOptions) {
  const body = json === undefined ? given : JSON.stringify(json);
  const usual = json === undefined ? {} : { 'content-type': 'application/json' };
  const own = Object.entries(of.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const all = new Map(
    [usual, Object.fromEntries(own), headers ?? {}].flatMap((some) => Object.entries(some)),
  );
  const sent = [...all].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url: new URL((to ?? of.url).replace(/\/$/, '') + path),
    headers: Object.fromEntries(sent),
    body,
  };
}

/** What came back, as it was. */
export interface Seen {
  status: number;
  headers: [string, string][];
  text: string;
  /** Whether the bytes of it are UTF-8: what is not is no JSON (RFC 8259, section 8.1). */
  isText: boolean;
  bytes: number;
  failure: string | null;
  /** What our side cannot read the body for. */
  unread?: string;
}

async function send(
  { method, url, headers, body }: ReturnType<typeof compose>,
  { dispatcher, signal, answerWithinMs = usualAnswerWithinMs }: HttpOptions,
): Promise<Seen> {
  const limit = AbortSignal.timeout(answerWithinMs);
  const seen: Seen = { status: 0, headers: [], text: '', isText: true, bytes: 0, failure: null };
  const agent = dispatcher(url);
  const bytes = body === undefined ? null : Buffer.from(body);
  const stopLooking = bytes === null ? () => undefined : readOnWhileSending(bytes);
  try {
    const answer = await request(url, {
      method,
      headers,
      body: bytes,
      dispatcher: agent,
      signal: AbortSignal.any([signal, limit]),
      // One limit, for all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    seen.status = answer.statusCode;
    seen.headers = Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]);
    await readBody(answer.body, seen);
  } catch (error) {
    const why = whyOf(error);
    if (why === unaskedContinue) seen.unread = '100 Continue, which our client did not ask for';
    seen.failure ??= limit.aborted
      ? `no whole answer within ${answerWithinMs / 1000} s`
      : (seen.unread ?? why);
  } finally {
    stopLooking();
    agent.destroy().catch(() => undefined);
  }
  return seen;
}

/** Notes the text, and why it is not all of it. Throws where the body breaks off. */
async function readBody(body: Readable, seen: Seen): Promise<void> {
  const sent = await upToLimit(body);
  if (sent.size > mostBytes) seen.unread = tooLarge;
  const isWhole = seen.unread === undefined && sent.error === undefined;
  const coding = seen.headers.find(([name]) => name === 'content-encoding')?.[1] ?? '';
  let plain = sent;
  if (isReadable(coding)) {
    // The last is the outermost.
    for (const one of decodersOf(coding).reverse()) {
      // An answer without a body names its coding too, to HEAD for instance.
      if (plain.bytes.length === 0) break;
      plain = await upToLimit(one.decoder().end(plain.bytes));
      if (plain.size > mostBytes) seen.unread ??= tooLarge;
      else if (plain.error !== undefined && isWhole)
        seen.failure ??= `a body that is no ${one.name} (${whyOf(plain.error)}), with Content-Encoding: ${coding}`;
    }
  } else if (isWhole && sent.size > 0) {
    seen.unread = `Content-Encoding: ${coding.slice(0, 100)}, which our client cannot read: it reads ${readCodings.join(', ')}, in small letters. \`--header 'Accept-Encoding: identity'\` asks for none`;
  }
  seen.failure = seen.unread ?? seen.failure;
  seen.text = plain.bytes.toString('utf8');
  seen.isText = isUtf8(plain.bytes);
  seen.bytes = plain.size;
  if (sent.error !== undefined) throw sent.error;
}

/** The innermost words: of a connection, those of the system. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return whyOf(error.cause);
  return error.message || error.name;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const textOf = (body: string | Uint8Array | undefined): string =>
  body === undefined ? '' : typeof body === 'string' ? body : Buffer.from(body).toString('utf8');

/** A body that is longer does not stand on a command line. */
const mostOnCommandLine = 2_000;

/** For a shell. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function curl({ method, url, headers, body }: Shown): string {
  const words = ['curl -sS -i', `-X ${method}`, quoted(url)];
  for (const [name, value] of headers) words.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body.length > mostOnCommandLine)
    words.push(`--data-binary @body # ${body.length} characters, ${quoted(body.slice(0, 60))} …`);
  else if (body !== '') words.push(`--data-raw ${quoted(body)}`);
  return words.join(' ');
}
