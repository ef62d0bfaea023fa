import type { Change } from '../reason.ts';
import { changePoint, trendOf } from '../statistics/trend.ts';
import type { LookSchedule } from './looks.ts';
import { levelOfLook, rules } from './rules.ts';

/** The same figure for a pass and for a fail. */
export interface Sides {
  pass: number;
  fail: number;
}

export type Decided = 'pass' | 'fail' | undefined;

/** The nearer decision, and how much of the evidence that it takes was seen, 0 to 1: with 1 the next look makes it, unless the figure worsens. */
export interface Outlook {
  towards: keyof Sides;
  share: number;
  worsens: boolean;
}

/** What a look says. */
export interface Look {
  judgedMs: number;
  /** Blocks of time, and the length of each. */
  blocks: number;
  /** Probability of what was seen, or more, if the figure were at its limit. */
  chance: Sides;
  /** The figure got so much worse that it would soon be beyond its limit. */
  change: Change | undefined;
}

/**
 * A test that looks at all that was judged, at a few times that are fixed before load. A decision is made anew at each look; a made one
 * stands while its own probability of being due to chance is low, so that the next look does not undo what the last one barely decided.
 * All looks together err at most α already, so this costs nothing, and what turns bad later is undone.
 */
export abstract class SequentialTest<L extends Look> {
  protected readonly plan: LookSchedule;
  protected readonly level: Sides;
  #next = 0;
  #decision: Decided;
  #last: L | undefined;

  constructor(plan: LookSchedule, alpha: Sides) {
    this.plan = plan;
    this.level = { pass: levelOfLook(alpha.pass), fail: levelOfLook(alpha.fail) };
  }

  get decision(): Decided {
    return this.#decision;
  }

  /** The last look; undefined before the first one. */
  get last(): L | undefined {
    return this.#last;
  }

  /** Requests from before `atMs` were all taken: looks that are due are taken. */
  advance(atMs: number): void {
    for (
      let due = this.plan.atMs[this.#next];
      due !== undefined && atMs >= due;
      due = this.plan.atMs[this.#next]
    ) {
      this.#look(due);
      this.#next += 1;
    }
  }

  /** The last look, at the end of the load. Before the least time it decides nothing, but is seen. */
  end(judgedMs: number): void {
    if (judgedMs >= this.plan.leastMs) this.#look(judgedMs);
    else this.#last = this.lookAt(judgedMs);
  }

  /** Whether it would pass but for a change, or for the minimum time. */
  get nearlyPasses(): boolean {
    return this.#last !== undefined && this.#last.chance.pass <= this.level.pass;
  }

  /** Whether the decision stands, but would not be made anew by the last look. */
  get isHeld(): boolean {
    if (this.#decision === undefined || this.#last === undefined || this.isOut(this.#last))
      return false;
    return this.#last.chance[this.#decision] > this.level[this.#decision];
  }

  /** What a look at `judgedMs` would say. */
  outlook(judgedMs: number): Outlook {
    if (!(judgedMs > 0)) return { towards: 'pass', share: 0, worsens: false };
    const look = this.lookAt(judgedMs);
    const shareOf = (side: keyof Sides) =>
      Math.max(0, Math.min(1, Math.log(look.chance[side]) / Math.log(this.level[side])));
    const [pass, fail] = [shareOf('pass'), this.isOut(look) ? 1 : shareOf('fail')];
    return fail > pass
      ? { towards: 'fail', share: fail, worsens: false }
      : { towards: 'pass', share: pass, worsens: look.change !== undefined };
  }

  protected abstract lookAt(judgedMs: number): L;

  /** Whether it fails for another reason than chance. */
  abstract isOut(look: L): boolean;

  #look(judgedMs: number): void {
    const look = this.lookAt(judgedMs);
    this.#last = look;
    const { chance } = look;
    const out = this.isOut(look);
    if (this.#decision === 'pass' && chance.pass <= rules.holdUntil && !isPlain(look.change))
      return;
    if (this.#decision === 'fail' && (out || chance.fail <= rules.holdUntil)) return;
    if (
      judgedMs >= this.plan.passFromMs &&
      chance.pass <= this.level.pass &&
      look.change === undefined
    )
      this.#decision = 'pass';
    else this.#decision = out || chance.fail <= this.level.fail ? 'fail' : undefined;
  }
}

/** Whether a figure got worse beyond what is held back just in case: then a pass that was made does not stand either. */
export function isPlain(change: Change | undefined): change is Change {
  return change !== undefined && change.standardErrors >= rules.rising.plain;
}

/** A perfect line is infinitely sure, which JSON cannot say. */
const mostStandardErrors = 1000;

/**
 * When a figure got worse, block by block, by more than chance (see `rules.rising`) and so that it would be beyond its limit if that went
 * on. `values` of equal blocks; worse is more.
 */
export function worsening(
  values: readonly number[],
  widthMs: number,
  mean: number,
  limit: number,
): Change | undefined {
  const { slope, significance } = trendOf(values);
  const { standardErrors, horizon } = rules.rising;
  if (!(significance > standardErrors && mean + horizon * slope * values.length > limit))
    return undefined;
  const at = changePoint(values);
  const meanOf = (part: readonly number[]) =>
    part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  return {
    atMs: at * widthMs,
    before: meanOf(values.slice(0, at)),
    after: meanOf(values.slice(at)),
    standardErrors: Math.min(significance, mostStandardErrors),
  };
}
