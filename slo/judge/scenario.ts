import type { Sample, StartMark } from '../sample.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import type { ObjectiveVerdict } from '../verdict.ts';
import { createObjectiveJudge, type ObjectiveJudge } from './objective.ts';
import { Order } from './order.ts';
import type { PlannedObjective } from './plan.ts';
import { rules } from './rules.ts';
import { type Seen, secondsNeeded, settleObjective } from './settle.ts';
import { progressText } from './words.ts';

/** What is known of a scenario before it is driven. */
export type ScenarioPlan = Pick<ScenarioRecord, 'name' | 'scenario' | 'warmupMs' | 'plannedMs' | 'minTimeMs' | 'timeoutMs'>;

/** Where one objective stands while load flows. */
export interface ObjectiveProgress {
  id: string;
  decision: 'pass' | 'fail' | undefined;
  /** How far the nearer decision is, 0 to 1. */
  share: number;
  /** The same for a person: `12 of 3,400 bad, 61 % of the way to a decision`. */
  text: string;
}

/**
 * Judges one scenario from its requests, live or replayed: given the same samples in any order, with start marks or without, it
 * gives the same verdicts, as long as `clock` never ran ahead of the answers on their way to it (`rules.reportDelayMs`).
 */
export interface ScenarioJudge {
  start(mark: StartMark): void;
  /** The object is kept only while an older request is open. */
  end(sample: Sample): void;
  /** Live only: says what time it is, on the samples' own scale, so that requests open past a limit are seen. */
  clock(nowMs: number): void;
  /** Whether load may stop: every objective decided and the minimum time over. Never before the end of a documented duration. */
  readonly decided: boolean;
  /**
   * Whether going on beyond one's patience has a use: nothing failed yet, and something that is open may well be decided within the
   * planned load, going by the requests so far.
   */
  readonly inSight: boolean;
  /** In the order of the objectives. */
  progress(): ObjectiveProgress[];
  /** The verdicts, in the order of the objectives. Takes the last look; no more samples may come. */
  finish(record: ScenarioRecord): ObjectiveVerdict[];
}

export function createScenarioJudge(options: {
  record: ScenarioPlan;
  objectives: readonly PlannedObjective[];
  alphaFail: number;
}): ScenarioJudge {
  return new Judge(options.record, options.objectives, options.alphaFail);
}

class Judge implements ScenarioJudge {
  readonly #plan: ScenarioPlan;
  readonly #objectives: ObjectiveJudge[];
  readonly #order: Order;
  /** Intended start of the first judged request, once it is known. */
  #origin = Number.NaN;
  #latestStart = Number.NEGATIVE_INFINITY;
  #finished = false;
  readonly #seen: Omit<Seen, 'missing' | 'waiting' | 'repeated'> = {
    requests: 0,
    answered: 0,
    refused: 0,
    timeouts: 0,
    resets: 0,
  };

  constructor(plan: ScenarioPlan, objectives: readonly PlannedObjective[], alphaFail: number) {
    this.#plan = plan;
    this.#objectives = objectives.map((objective) => createObjectiveJudge(objective, plan, alphaFail));
    this.#order = new Order((sample) => {
      this.#deliver(sample);
    });
  }

  get decided(): boolean {
    if (this.#plan.scenario.durationSeconds !== undefined) return false;
    if (!(this.#latestStart - this.#origin >= this.#plan.minTimeMs * rules.minTimeShare)) return false;
    return this.#objectives.every(({ test }) => test.decision !== undefined);
  }

  get inSight(): boolean {
    if (this.#objectives.some(({ test }) => test.decision === 'fail')) return false;
    const sight = (this.#plan.plannedMs * rules.sightFactor) / 1000;
    return this.#objectives.some(
      (judge) => judge.test.decision === undefined && (secondsNeeded(judge, this.#plan) ?? Number.POSITIVE_INFINITY) <= sight,
    );
  }

  start(mark: StartMark): void {
    if (mark.intendedStart > this.#latestStart) this.#latestStart = mark.intendedStart;
    this.#order.start(mark);
  }

  end(sample: Sample): void {
    if (sample.intendedStart > this.#latestStart) this.#latestStart = sample.intendedStart;
    this.#tally(sample);
    this.#order.end(sample);
  }

  clock(nowMs: number): void {
    for (const judge of this.#objectives) if (judge.test.decision === undefined) this.#ahead(judge, nowMs);
  }

  progress(): ObjectiveProgress[] {
    return this.#objectives.map(({ id, test }) => {
      const share = test.progress();
      const { decision } = test;
      return { id, decision, share, text: progressText(test.state(), decision, share) };
    });
  }

  finish(record: ScenarioRecord): ObjectiveVerdict[] {
    if (!this.#finished) for (const { test } of this.#objectives) test.end();
    this.#finished = true;
    const { missing, waiting, repeated } = this.#order;
    const seen: Seen = { ...this.#seen, missing, waiting, repeated };
    return this.#objectives.map((judge) => settleObjective(judge, record, seen));
  }

  #tally({ outcome }: Sample): void {
    this.#seen.requests += 1;
    if (outcome === 'ok' || outcome === 'http' || outcome === 'malformed') this.#seen.answered += 1;
    else if (outcome === 'refused') this.#seen.refused += 1;
    else if (outcome === 'timeout') this.#seen.timeouts += 1;
    else if (outcome === 'reset') this.#seen.resets += 1;
  }

  #deliver(sample: Sample): void {
    this.#knowOrigin(sample);
    for (const judge of this.#objectives) if (judge.next <= sample.index) judge.take(sample, this.#origin);
  }

  /** Lets one objective look past requests that are still open, as far as these are bad for it already. */
  #ahead(judge: ObjectiveJudge, nowMs: number): void {
    for (;;) {
      const slot = this.#order.peek(Math.max(judge.next, this.#order.next));
      if (slot === undefined) return;
      this.#knowOrigin(slot.open ? slot.mark : slot.sample);
      if (!slot.open) judge.take(slot.sample, this.#origin);
      else if (!judge.takeOpen(slot.mark, this.#origin, nowMs - rules.reportDelayMs)) return;
    }
  }

  #knowOrigin({ phase, intendedStart }: StartMark): void {
    if (phase === 'judged' && Number.isNaN(this.#origin)) this.#origin = intendedStart;
  }
}
