import { createLogUpdate } from 'log-update';
import { progressWords } from '../../report/index.ts';
import { loadSuite } from '../../slo/judge/plan.ts';
import type { ProgressEvent, Session } from '../../suites/runner/session.ts';

/** Says on standard error what goes on: a living block on a terminal, a plain line every few seconds elsewhere, nothing when quiet. */
export class Progress implements Disposable {
  readonly #live = process.stderr.isTTY === true && process.env['CI'] === undefined;
  readonly #quiet: boolean;
  readonly #redact: (text: string) => string;
  readonly #block = createLogUpdate(process.stderr);
  #lastPlain = 0;
  #phase: ProgressEvent['phase'] = 'ended';
  #lastStep = '';

  constructor(quiet: boolean, redact: (text: string) => string) {
    this.#quiet = quiet;
    this.#redact = redact;
  }

  /** One line that stays. The same line twice is said once. */
  readonly step = (line: string): void => {
    if (this.#quiet || line === this.#lastStep) return;
    this.#lastStep = line;
    if (this.#live) this.#block.clear();
    process.stderr.write(`${this.#redact(line)}\n`);
  };

  /** Scenarios tell more of themselves. */
  readonly task = ({ suite, id, at, of }: Parameters<NonNullable<Session['onTask']>>[0]): void => {
    if (this.#quiet || suite === loadSuite) return;
    if (this.#live) this.#block(`${suite}: ${at} of ${of}, ${this.#redact(id)}`);
    else if (at === 1) this.step(`${suite}: ${of} ${of === 1 ? 'check' : 'checks'}`);
    if (this.#live && at === of) this.#block.clear();
  };

  readonly scenario = (event: ProgressEvent): void => {
    if (this.#quiet) return;
    const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`;
    const head =
      event.phase === 'warmup'
        ? `${event.scenario}: warming up, ${seconds(event.elapsedMs)} of ${seconds(event.plannedMs)}`
        : `${event.scenario}: judged load, ${seconds(event.elapsedMs)} of at most ${seconds(event.plannedMs)}`;
    if (event.phase === 'ended') {
      if (this.#live) this.#block.clear();
      this.step(`${event.scenario}: ended after ${seconds(event.elapsedMs)}`);
      return;
    }
    if (this.#live) {
      this.#block(
        [head, ...event.objectives.map((objective) => `  ${progressWords(objective)}`)].join('\n'),
      );
      return;
    }
    const begins = event.phase !== this.#phase || event.elapsedMs < this.#lastPlain;
    this.#phase = event.phase;
    if (begins || event.elapsedMs - this.#lastPlain >= 10_000) {
      this.#lastPlain = event.elapsedMs;
      process.stderr.write(`${head}; ${event.objectives.map(progressWords).join('; ')}\n`);
    }
  };

  [Symbol.dispose](): void {
    if (this.#live) this.#block.clear();
  }
}
