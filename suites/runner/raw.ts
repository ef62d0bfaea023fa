import type { Socket } from 'node:net';
import { type Answer, type HttpOptions, noteExchange, quoted, type Seen } from './http.ts';

/** A request that an HTTP client would not send. */
export interface RawAsk {
  method: string;
  /** Beginning with `/`, below the base URL. */
  path: string;
  /** Lines as they are sent, the user's own and `Connection: close` behind them; `host` is what a client would send as Host. */
  headers(host: string): readonly [string, string][];
  body?: string;
}

/** As `Http`: whatever a service does, there is an answer. Of its headers and body there is none: what is asked of it is the status. */
export type Raw = (ask: RawAsk) => Promise<Answer>;

/** Who takes a request for one that goes on waits for the rest of it. */
const answerWithinMs = 10_000;
const mostBytes = 64 * 1024;

/** Writes requests to a connection of their own, byte for byte, and each exchange down. */
export function rawFor(options: HttpOptions, connect: (url: URL) => Socket): Raw {
  return ({ method, path, headers: linesFor, body = '' }) => {
    const url = new URL(options.url.replace(/\/$/, '') + path);
    const own = Object.entries(options.headers);
    const headers: [string, string][] = [...linesFor(url.host), ...own, ['Connection', 'close']];
    const textOf = (pairs: readonly (readonly [string, string])[]) =>
      [
        `${method} ${url.pathname}${url.search} HTTP/1.1`,
        ...pairs.map(([name, value]) => `${name}: ${value}`),
        '',
        body,
      ].join('\r\n');
    const sent = { method, url, headers, body, bytes: Buffer.byteLength(body) };
    return noteExchange(options, sent, {
      send: () => exchange(connect(url), textOf(headers), options.signal),
      repeat: (shown) => byHand(url, textOf(shown.headers)),
    });
  };
}

const statusLine = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r?\n/;

async function exchange(socket: Socket, text: string, signal: AbortSignal): Promise<Seen> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
  const end = () => socket.destroy();
  limit.addEventListener('abort', end, { once: true });
  let came = '';
  let failure: string | null = null;
  try {
    socket.setEncoding('latin1').write(text);
    for await (const chunk of socket) {
      came += chunk;
      if (statusLine.test(came) || came.length > mostBytes) break;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    failure = limit.aborted ? `no answer within ${answerWithinMs / 1000} s` : why;
  } finally {
    limit.removeEventListener('abort', end);
    socket.destroy();
  }
  const status = Number(statusLine.exec(came)?.[1] ?? 0);
  if (status !== 0) failure = null;
  else failure ??= came === '' ? 'the connection ended without an answer' : 'no answer of HTTP/1';
  return { status, headers: [], text: came, isText: true, bytes: came.length, failure };
}

function byHand({ protocol, hostname, port }: URL, text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\r\n', '\\r\\n');
  const to =
    protocol === 'https:'
      ? `openssl s_client -quiet -connect ${hostname}:${port || 443}`
      : `nc ${hostname} ${port || 80}`;
  return `printf ${quoted(escaped)} | ${to}`;
}
