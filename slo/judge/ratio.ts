import {
  lowerBound,
  probabilityOfAtLeast,
  probabilityOfAtMost,
  upperBound,
} from '../statistics/binomial.ts';
import { designEffect, deviationOfMeans } from '../statistics/design-effect.ts';
import { TimeBlocks } from '../statistics/time-blocks.ts';
import type { RatioEvidence } from '../verdict.ts';
import type { LookSchedule } from './looks.ts';
import { rules } from './rules.ts';
import { type Look, SequentialTest, type Sides, worsening } from './sequential-test.ts';

export interface RatioOptions {
  /** Share of bad requests that the objective allows. */
  allowedShare: number;
  alpha: Sides;
  looks: LookSchedule;
}

interface RatioLook extends Look {
  designEffect: Sides;
  effective: Sides;
}

/** Columns of a block of time: requests, bad ones, certainly bad ones, and the sum of their distances to the limit. */
const columns = { n: 0, bad: 1, certain: 2, distance: 3 } as const;

/** How many times the load so far an estimate of what is still needed may reach. */
const foreseen = 1000;

/**
 * Tests whether the share of bad requests is below or above its limit. Time is cut into blocks; how much more the bad requests clump in
 * blocks than independent ones would tells how many independent requests the load is worth, and with that many an exact binomial test
 * decides. Constant memory.
 */
export class RatioTest extends SequentialTest<RatioLook> {
  readonly #options: RatioOptions;
  readonly #blocks: TimeBlocks;
  /** Requests by how often the limit can be halved before it reaches them. */
  readonly #halvings = new Float64Array(rules.mostHalvings + 1);
  #n = 0;
  #bad = 0;
  #certain = 0;
  #distances = 0;
  #squares = 0;
  /** So many bad requests in a row are no chance at the limit. */
  readonly #beyondChance: number;
  /** The stretch of certainly bad requests that goes on, and the longest that is not just chance. */
  #stretchFrom = 0;
  #stretchRequests = 0;
  #outageMs = 0;

  constructor(options: RatioOptions) {
    super(options.looks, options.alpha);
    this.#options = options;
    this.#blocks = new TimeBlocks(Object.keys(columns).length, options.looks.blockMs);
    this.#beyondChance = Math.log(this.level.fail) / Math.log(options.allowedShare);
  }

  get n(): number {
    return this.#n;
  }

  get bad(): number {
    return this.#bad;
  }

  /** The longest time without a good request. */
  get outageMs(): number {
    return this.#outageMs;
  }

  /** Whether the outage makes it fail, with so many more good requests. */
  isOut({ judgedMs }: Look, moreGood = 0): boolean {
    const many = this.#certain > this.#options.allowedShare * (this.#n + moreGood);
    return many && this.#outageMs > rules.outageShare * judgedMs;
  }

  /**
   * One more request. `atMs`: its intended start since the first judged one, no smaller than any before. `certainly`: bad whatever our
   * own client did. `distance`: ln(latency / limit), at most 0, and 0 for a bad one and where the objective is not about latency.
   */
  take(atMs: number, bad: boolean, certainly: boolean, distance: number): void {
    const block = this.#blocks.blockAt(atMs);
    this.#n += 1;
    this.#blocks.add(block, columns.n, 1);
    if (bad) {
      this.#bad += 1;
      this.#blocks.add(block, columns.bad, 1);
    }
    if (certainly) {
      this.#certain += 1;
      this.#blocks.add(block, columns.certain, 1);
      this.#stretch(atMs);
    } else this.#stretchRequests = 0;
    if (distance < 0) {
      this.#distances += distance;
      this.#squares += distance * distance;
      this.#blocks.add(block, columns.distance, distance);
    }
    const halvings = Math.min(rules.mostHalvings, Math.floor(-distance / Math.LN2));
    this.#halvings[halvings] = (this.#halvings[halvings] ?? 0) + 1;
  }

  /** Whether a fail would stand if so many more requests had been good. */
  failsWith(moreGood: number): boolean {
    const { last } = this;
    if (last === undefined) return false;
    const fails = this.#chanceOfFail(this.#n + moreGood, last.designEffect) <= this.level.fail;
    return fails || this.isOut(last, moreGood);
  }

  /**
   * Milliseconds of load until a decision if bad requests go on coming as they did so far; undefined when the share is too near to the
   * limit for that to be foreseen.
   */
  neededMs(): number | undefined {
    const { last } = this;
    if (last === undefined || this.#n === 0) return undefined;
    const { effective, judgedMs } = last;
    const [passing, failing] = [this.#bad / this.#n, this.#certain / this.#n];
    const { allowedShare } = this.#options;
    for (let times = 1; times < foreseen; times *= 1.05) {
      const [toPass, toFail] = [times * effective.pass, times * effective.fail];
      const passes = probabilityOfAtMost(passing * toPass, toPass, allowedShare) <= this.level.pass;
      const fails = probabilityOfAtLeast(failing * toFail, toFail, allowedShare) <= this.level.fail;
      if (passes || fails) return Math.max(times * judgedMs, this.plan.passFromMs);
    }
    return undefined;
  }

  /** Undefined while nothing was counted. */
  evidence(): RatioEvidence | undefined {
    const { last } = this;
    if (last === undefined || this.#n === 0) return undefined;
    const { judgedMs, blocks, chance, change, designEffect: clumping, effective } = last;
    const shareOf = (bad: number) => bad / this.#n;
    return {
      kind: 'ratio',
      judgedMs,
      blocks,
      guarantee: 'calibrated',
      caveats: [],
      bounds: {
        lower: lowerBound(shareOf(this.#certain) * effective.fail, effective.fail, this.level.fail),
        upper: upperBound(shareOf(this.#bad) * effective.pass, effective.pass, this.level.pass),
      },
      chance,
      level: this.level,
      alpha: this.#options.alpha,
      ...(change === undefined ? {} : { change }),
      n: this.#n,
      bad: this.#bad,
      certainlyBad: this.#certain,
      allowedShare: this.#options.allowedShare,
      designEffect: clumping,
      effective,
    };
  }

  protected lookAt(judgedMs: number): RatioLook {
    const whole = this.#blocks.blockAt(judgedMs);
    // A look on the edge of a block is not about the block that begins there, unless that is where the last requests are.
    const onEdge = whole * this.#blocks.widthMs >= judgedMs && !this.#hasRequests(whole);
    const blocks = onEdge ? whole : whole + 1;
    const clumping = {
      pass: Math.max(this.#clumping(columns.bad, blocks), this.#wander(blocks)),
      fail: this.#clumping(columns.certain, blocks),
    };
    const effective = {
      pass: effectiveOf(this.#n, clumping, 'pass'),
      fail: effectiveOf(this.#n, clumping, 'fail'),
    };
    const bad = this.#n === 0 ? 0 : (this.#bad / this.#n) * effective.pass;
    return {
      judgedMs,
      blocks,
      designEffect: clumping,
      effective,
      chance: {
        pass: probabilityOfAtMost(bad, effective.pass, this.#options.allowedShare),
        fail: this.#chanceOfFail(this.#n, clumping),
      },
      change: this.#rising(whole),
    };
  }

  #hasRequests(block: number): boolean {
    return (this.#blocks.sums(columns.n, block + 1, 1)[block] ?? 0) > 0;
  }

  #chanceOfFail(n: number, clumping: Sides): number {
    if (n === 0) return 1;
    const effective = effectiveOf(n, clumping, 'fail');
    return probabilityOfAtLeast(
      (this.#certain / n) * effective,
      effective,
      this.#options.allowedShare,
    );
  }

  /** How much more the bad ones clump than independent ones: in blocks or in pairs of blocks, whichever shows more. */
  #clumping(column: typeof columns.bad | typeof columns.certain, blocks: number): number {
    const share = (column === columns.bad ? this.#bad : this.#certain) / Math.max(1, this.#n);
    return this.#designEffect(column, blocks, share, share * (1 - share));
  }

  /** The same of all latencies, unless the limit is out of reach of how they wander. */
  #wander(blocks: number): number {
    const mean = this.#distances / Math.max(1, this.#n);
    if (mean === 0 || this.#outOfReach(blocks, mean)) return 1;
    return this.#designEffect(
      columns.distance,
      blocks,
      mean,
      this.#squares / this.#n - mean * mean,
    );
  }

  #designEffect(column: number, blocks: number, mean: number, variance: number): number {
    const of = (span: number) =>
      designEffect(
        this.#blocks.sums(columns.n, blocks, span),
        this.#blocks.sums(column, blocks, span),
        mean,
        variance,
      );
    return Math.max(1, of(1), of(2));
  }

  /** Whether the limit is at least twice what the objective's quantile took, and beyond what slow means vary by. */
  #outOfReach(blocks: number, mean: number): boolean {
    let [above, halvings] = [0, 0];
    while (halvings < rules.mostHalvings) {
      above += this.#halvings[halvings] ?? 0;
      if (above > this.#options.allowedShare * this.#n) break;
      halvings += 1;
    }
    const slow = deviationOfMeans(
      this.#blocks.sums(columns.n, blocks, 2),
      this.#blocks.sums(columns.distance, blocks, 2),
      mean,
    );
    return halvings >= 1 && halvings * Math.LN2 > rules.reachDeviations * slow;
  }

  #rising(blocks: number) {
    const counts = this.#blocks.sums(columns.n, blocks, 1);
    const shares = this.#blocks
      .sums(columns.bad, blocks, 1)
      .map((bad, at) => bad / Math.max(1, counts[at] ?? 0));
    return worsening(
      shares,
      this.#blocks.widthMs,
      this.#bad / Math.max(1, this.#n),
      this.#options.allowedShare,
    );
  }

  #stretch(atMs: number): void {
    if (this.#stretchRequests === 0) this.#stretchFrom = atMs;
    this.#stretchRequests += 1;
    if (this.#stretchRequests >= this.#beyondChance)
      this.#outageMs = Math.max(this.#outageMs, atMs - this.#stretchFrom);
  }
}

/** As many independent requests would say as much. */
function effectiveOf(n: number, clumping: Sides, side: keyof Sides): number {
  return n / (rules.requestsPerIndependent + rules.clumping[side] * (clumping[side] - 1));
}
