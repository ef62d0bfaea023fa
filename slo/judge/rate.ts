import { exceededWith, probabilityAbove } from '../statistics/students-t.ts';
import { TimeBlocks } from '../statistics/time-blocks.ts';
import type { RateEvidence } from '../verdict.ts';
import type { LookSchedule } from './looks.ts';
import { rules } from './rules.ts';
import { type Look, SequentialTest, type Sides, worsening } from './sequential-test.ts';

export interface RateOptions {
  minPerSecond: number;
  alpha: Sides;
  looks: LookSchedule;
}

interface RateLook extends Look {
  good: number;
  perSecond: number;
  /** Standard error of `perSecond`, and the degrees of freedom it has. */
  error: number;
  degrees: number;
}

/**
 * Tests whether good answers per second are above or below a limit, with Student's t on the rates of blocks of time. An answer counts in
 * the block that it came in. Constant memory, but for answers to the warm-up that are still to come.
 */
export class RateTest extends SequentialTest<RateLook> {
  readonly #options: RateOptions;
  readonly #blocks: TimeBlocks;
  #good = 0;

  constructor(options: RateOptions) {
    super(options.looks, options.alpha);
    this.#options = options;
    this.#blocks = new TimeBlocks(1, options.looks.blockMs);
  }

  get good(): number {
    return this.#good;
  }

  /** A good answer, milliseconds since the first judged start; requests that could answer before the next look are all taken by then. */
  take(endMs: number): void {
    if (endMs < 0) return;
    this.#good += 1;
    this.#blocks.add(this.#blocks.blockAt(endMs), 0, 1);
  }

  /** Whether a fail would stand if so many more answers had been good. */
  failsWith(moreGood: number): boolean {
    const { last } = this;
    if (last === undefined) return false;
    const perSecond = last.perSecond + (moreGood * 1000) / last.judgedMs;
    return this.#chance(perSecond, last).fail <= this.level.fail;
  }

  evidence(): RateEvidence | undefined {
    const { last } = this;
    if (last === undefined || last.blocks === 0) return undefined;
    const { judgedMs, blocks, chance, change, good, perSecond, error, degrees } = last;
    const margin = (level: number) => (error === 0 ? 0 : error * exceededWith(level, degrees));
    return {
      kind: 'rate',
      judgedMs,
      blocks,
      guarantee: 'calibrated',
      caveats: [{ code: 'nearly-normal' }],
      bounds: {
        lower: Math.max(0, perSecond - margin(this.level.pass)),
        upper: perSecond + margin(this.level.fail),
      },
      chance,
      level: this.level,
      alpha: this.#options.alpha,
      ...(change === undefined ? {} : { change }),
      good,
      perSecond,
      minPerSecond: this.#options.minPerSecond,
    };
  }

  protected lookAt(judgedMs: number): RateLook {
    this.#blocks.blockAt(judgedMs);
    const { widthMs } = this.#blocks;
    const blocks = Math.floor(judgedMs / widthMs);
    const rates = (span: number) =>
      this.#blocks
        .sums(0, blocks - (blocks % span), span)
        .map((good) => (good * 1000) / (widthMs * span));
    const [single, pairs] = [rates(1), rates(2)];
    const perSecond = meanOf(single);
    const error = Math.sqrt(
      rules.rateVariance * Math.max(varianceOfMean(single), varianceOfMean(pairs)),
    );
    const figures = { perSecond, error, degrees: Math.max(1, pairs.length - 1) };
    const worse = worsening(
      single.map((rate) => -rate),
      widthMs,
      -perSecond,
      -this.#options.minPerSecond,
    );
    return {
      judgedMs,
      blocks,
      good: this.#good,
      ...figures,
      chance: this.#chance(perSecond, figures),
      change: worse && { ...worse, before: -worse.before, after: -worse.after },
    };
  }

  isOut(): boolean {
    return false;
  }

  #chance(perSecond: number, { error, degrees }: Pick<RateLook, 'error' | 'degrees'>): Sides {
    const distance = perSecond - this.#options.minPerSecond;
    if (distance === 0) return { pass: 1, fail: 1 };
    const t = error === 0 ? Math.sign(distance) * Number.POSITIVE_INFINITY : distance / error;
    return { pass: probabilityAbove(t, degrees), fail: probabilityAbove(-t, degrees) };
  }
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOfMean(values: readonly number[]): number {
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}
