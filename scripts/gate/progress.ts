import { createLogUpdate } from 'log-update';
import { loadSuite } from '../../slo/judge/plan.ts';
import type { ProgressEvent, Session } from '../../suites/runner/session.ts';
import { headOf, objectiveLines, plainLine } from './progress-words.ts';

/** A plain line comes so often, and of what is usually over in a moment only once it has lasted for a while. */
const plainEveryMs = 10_000;
const momentMs = 2_000;

/** Says on standard error what goes on: a living block on a terminal, a plain line every few seconds elsewhere, nothing when quiet. */
export class Progress implements Disposable {
  /** A terminal without a size (`script`, some containers) would show nothing of a block. */
  readonly #live =
    process.stderr.isTTY === true && process.stderr.rows > 0 && process.env['CI'] === undefined;
  readonly #quiet: boolean;
  readonly #redact: (text: string) => string;
  readonly #block = createLogUpdate(process.stderr);
  /** Of the last plain line: its phase, and the time within it. */
  #lastPlain: { phase: string; elapsedMs: number } = { phase: '', elapsedMs: 0 };
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
    if (event.phase === 'ended') this.step(headOf(event));
    else if (event.phase === 'done') {
      if (this.#live) this.#block.clear();
    } else if (this.#live)
      this.#block([headOf(event), ...objectiveLines(event).map((line) => `  ${line}`)].join('\n'));
    else this.#plain(event);
  };

  [Symbol.dispose](): void {
    if (this.#live) this.#block.clear();
  }

  #plain(event: Exclude<ProgressEvent, { phase: 'ended' | 'done' }>): void {
    const phase = `${event.scenario} ${event.phase}`;
    const { elapsedMs } = event;
    const isLoad = event.phase === 'warmup' || event.phase === 'judged';
    const due =
      this.#lastPlain.phase === phase
        ? elapsedMs - this.#lastPlain.elapsedMs >= plainEveryMs
        : isLoad || elapsedMs >= momentMs;
    if (!due) return;
    this.#lastPlain = { phase, elapsedMs };
    process.stderr.write(`${plainLine(event)}\n`);
  }
}
