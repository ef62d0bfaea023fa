import { until } from '../../../fixtures/runtime/ready.ts';
import type { CheckContext } from '../../runner/check.ts';
import { fieldOf } from '../shared/json.ts';
import { newRow, score, serverOf } from './server.ts';

/** A server writes its log in batches of a tenth of a second; on a busy machine it takes longer to be seen. */
const loggedWithinMs = 3_000;

/** The lines that a server has logged since a moment. */
export class LogSince {
  readonly #read: () => string;
  readonly #signal: AbortSignal;

  private constructor(read: () => string, signal: AbortSignal) {
    this.#read = read;
    this.#signal = signal;
  }

  /** From now on: one request more is sent and its line waited for, so that lines of earlier requests stand before. */
  static async now({
    http,
    stack,
    signal,
  }: Pick<CheckContext, 'http' | 'stack' | 'signal'>): Promise<LogSince> {
    const { log } = serverOf(stack);
    const id = String(fieldOf((await score(http, [newRow()])).json, 'metadata', 'request_id'));
    const endOfLine = async () => {
      const text = log();
      const end = text.indexOf('\n', Math.max(0, text.indexOf(id)));
      return text.includes(id) && end >= 0 ? end + 1 : undefined;
    };
    // A log without the request tells nothing of when it is complete; what was sent before is in it by then.
    const from = (await until(endOfLine, { withinMs: loggedWithinMs, signal })) ?? log().length;
    return new LogSince(() => log().slice(from), signal);
  }

  /** Whole lines, once they hold what was waited for, or the time for that is over. */
  async lines(areAll: (lines: readonly string[]) => boolean): Promise<string[]> {
    const whole = () => this.#read().split('\n').slice(0, -1);
    const all = async () => {
      const lines = whole();
      return areAll(lines) ? lines : undefined;
    };
    return (await until(all, { withinMs: loggedWithinMs, signal: this.#signal })) ?? whole();
  }
}

/** Lines of a log once so many requests stand in it, and so many of them failed. */
export const linesOf = (log: LogSince, requests: number, failures: number): Promise<string[]> =>
  log.lines(
    (lines) => requestsIn(lines).length >= requests && failuresIn(lines).length >= failures,
  );

/** As `contains` of KQL does, whatever the case. */
export const contains = (line: string, text: string): boolean =>
  line.toLowerCase().includes(text.toLowerCase());

/** Lines that the documented query counts as requests: they say that one was completed, or failed. */
export const requestsIn = (lines: readonly string[]): string[] =>
  lines.filter(
    (line) =>
      contains(line, 'Request') && ['completed', 'failed'].some((one) => contains(line, one)),
  );

/** Of those, the ones that it counts as errors. */
export const failuresIn = (lines: readonly string[]): string[] =>
  requestsIn(lines).filter((line) => contains(line, 'failed'));
