import type { ScenarioJudge } from '../../slo/judge/scenario.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { Stop } from '../../slo/verdict.ts';
import type { ProgressEvent } from '../runner/session.ts';

/** How often the person is told how far things are. */
const tickMs = 250;

/** What begins next. Whether requests that flow are of the warm-up, judged, or the last ones, the time tells. */
type Step = 'starting' | 'flowing' | 'last-answers' | { countersWithinMs: number };

/** Tells what goes on in one scenario: when a step begins, and four times a second as long as it lasts. */
export class ScenarioReporter implements Disposable {
  readonly #record: ScenarioRecord;
  readonly #judge: ScenarioJudge;
  readonly #onProgress: (event: ProgressEvent) => void;
  readonly #ticks = setInterval(() => this.#tell(), tickMs);
  #step: Step = 'starting';
  #since = performance.now();
  #loadSince = performance.now();

  constructor(
    record: ScenarioRecord,
    judge: ScenarioJudge,
    onProgress: (event: ProgressEvent) => void,
  ) {
    this.#record = record;
    this.#judge = judge;
    this.#onProgress = onProgress;
    this.#tell();
  }

  /** The same step again changes nothing, and requests that flow once the load was told to end are its last. */
  begin(step: Step): void {
    if (step === this.#step || (step === 'flowing' && this.#step !== 'starting')) return;
    this.#step = step;
    this.#since = performance.now();
    if (step === 'flowing') this.#loadSince = this.#since;
    this.#tell();
  }

  ended(stop: Stop): void {
    const elapsedMs = performance.now() - this.#loadSince;
    this.#onProgress({ scenario: this.#record.name, phase: 'ended', elapsedMs, stop });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticks);
    this.#onProgress({ scenario: this.#record.name, phase: 'done' });
  }

  #tell(): void {
    this.#onProgress({ scenario: this.#record.name, ...this.#now() });
  }

  #now() {
    const { warmupMs, plannedMs, timeoutMs } = this.#record;
    const elapsedMs = performance.now() - this.#since;
    if (this.#step === 'starting') return { phase: 'starting', elapsedMs } as const;
    if (typeof this.#step === 'object')
      return { phase: 'counters', elapsedMs, plannedMs: this.#step.countersWithinMs } as const;
    const judgedMs = elapsedMs - warmupMs;
    if (this.#step === 'flowing' && judgedMs < 0)
      return { phase: 'warmup', elapsedMs, plannedMs: warmupMs } as const;
    const progress = this.#judge.progress();
    if (this.#step === 'last-answers')
      return { phase: 'last-answers', elapsedMs, plannedMs: timeoutMs, progress } as const;
    if (judgedMs < plannedMs)
      return { phase: 'judged', elapsedMs: judgedMs, plannedMs, progress } as const;
    return {
      phase: 'last-answers',
      elapsedMs: judgedMs - plannedMs,
      plannedMs: timeoutMs,
      progress,
    } as const;
  }
}
