import { BatchMeans } from '../statistics/autocorrelation.ts';
import { meanMargin } from '../statistics/confidence-sequence.ts';
import type { Evidence } from '../verdict.ts';
import { rules } from './rules.ts';

export type RateEvidence = Extract<Evidence, { kind: 'rate' }>;

export interface RateOptions {
  minPerSecond: number;
  alphaPass: number;
  alphaFail: number;
  minTimeMs: number;
  /** A documented duration is looked at once, when it is over. */
  onlyAtEnd: boolean;
}

/** A variance from fewer blocks is worth nothing. */
const MIN_BLOCKS = 20;
/** Blocks are few, so a level of the autocorrelation estimate counts with fewer batches than usual. */
const MIN_BATCHES = 8;
const TEMPER = 2;
/** The confidence sequence is tightest at the usual minimum time. */
const TIGHT_AT = 30;
const BLOCK_MS = 1000;

/**
 * Tests whether good answers per second are above or below a limit, on blocks of one second. A block is closed when the judge has
 * come to requests that started after it, so that none can end in it any more. The first block is left out: answers to requests
 * from before it are not counted.
 */
export class RateTest {
  readonly #options: RateOptions;
  readonly #blocks = new BatchMeans(1, MIN_BATCHES);
  /** Good answers in blocks that are not closed yet, by number of the block. */
  readonly #open = new Map<number, number>();
  #closed = 1;
  #lastAt = 0;
  #decision: 'pass' | 'fail' | undefined;

  constructor(options: RateOptions) {
    this.#options = options;
  }

  get decision(): 'pass' | 'fail' | undefined {
    return this.#decision;
  }

  get blocks(): number {
    return this.#blocks.n;
  }

  /** One more request, in index order: when it was to start and when it ended, milliseconds since the first judged start. */
  take(atMs: number, endMs: number, good: boolean): void {
    if (this.#decision !== undefined) return;
    this.#lastAt = atMs;
    const current = Math.floor(atMs / BLOCK_MS);
    while (this.#closed < current) this.#close();
    if (!good) return;
    const block = Math.floor(endMs / BLOCK_MS);
    if (block >= this.#closed) this.#open.set(block, (this.#open.get(block) ?? 0) + 1);
  }

  end(): void {
    if (this.#decision === undefined) this.#look();
  }

  /** Whether a fail would stand if so many more answers had been good. */
  failsWith(moreGood: number): boolean {
    return (
      this.#perSecond() + moreGood / Math.max(1, this.#blocks.n) + this.#margin(this.#options.alphaFail) <
      this.#options.minPerSecond
    );
  }

  progress(): number {
    if (this.#decision !== undefined) return 1;
    const distance = Math.abs(this.#perSecond() - this.#options.minPerSecond);
    const margin = this.#margin(this.#options.alphaPass);
    const time = (this.#lastAt + 1) / (this.#options.minTimeMs * rules.minTimeShare + 1);
    return this.#blocks.n < MIN_BLOCKS || margin === 0 ? 0 : Math.min(0.99, time, (distance / margin) ** 2);
  }

  /** `104.2 good per second over 12 s` */
  state(): string {
    return `${this.#perSecond().toFixed(1)} good per second over ${this.#blocks.n} s`;
  }

  evidence(caveats: readonly string[]): RateEvidence {
    const tail = (1 - rules.confidence) / 2;
    const margin = this.#margin(tail);
    const mean = this.#perSecond();
    const width = Number.isFinite(margin) ? margin : mean;
    return {
      kind: 'rate',
      judgedMs: this.#lastAt,
      guarantee: 'calibrated',
      caveats: [...caveats, 'The bound is asymptotic: it takes the mean over blocks of one second as nearly normal.'],
      blocks: this.#blocks.n,
      good: this.#blocks.sum,
      perSecond: mean,
      minPerSecond: this.#options.minPerSecond,
      bounds: { lower: Math.max(0, mean - width), upper: mean + width, confidence: rules.confidence },
      tau: this.#blocks.tau(),
      alphaPass: this.#options.alphaPass,
      alphaFail: this.#options.alphaFail,
    };
  }

  #close(): void {
    this.#blocks.add(this.#open.get(this.#closed) ?? 0);
    this.#open.delete(this.#closed);
    this.#closed += 1;
    if (!this.#options.onlyAtEnd) this.#look();
  }

  #perSecond(): number {
    return this.#blocks.mean();
  }

  #margin(alpha: number): number {
    const effective = this.#blocks.n / (TEMPER * this.#blocks.tau());
    return meanMargin(effective, Math.sqrt(this.#blocks.variance()), alpha, TIGHT_AT);
  }

  #look(): void {
    if (this.#decision !== undefined || this.#blocks.n < MIN_BLOCKS) return;
    const { minPerSecond, alphaPass, alphaFail, minTimeMs } = this.#options;
    const longEnough = this.#lastAt >= minTimeMs * rules.minTimeShare;
    if (longEnough && this.#perSecond() - this.#margin(alphaPass) > minPerSecond) this.#decision = 'pass';
    else if (this.#perSecond() + this.#margin(alphaFail) < minPerSecond) this.#decision = 'fail';
  }
}
