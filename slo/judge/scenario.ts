import { arrivalRates } from '../arrival-rates.ts';
import { type LocalLimit, latencyMs, type Sample, type StartMark } from '../sample.ts';
import type { ScenarioRecord, ScenarioSetup } from '../scenario-record.ts';
import { LatencyHistogram } from '../statistics/latency-histogram.ts';
import type { ObjectiveVerdict, Stop } from '../verdict.ts';
import { hadAllItsTime, judgedWhole, scheduleLooks } from './looks.ts';
import { createObjectiveJudge, type ObjectiveJudge } from './objective.ts';
import { judgeObjective, type Seen } from './objective-verdict.ts';
import { Order } from './order.ts';
import { Pace } from './pace.ts';
import type { PlannedObjective } from './plan.ts';
import { rules } from './rules.ts';
import type { Decided, Outlook } from './sequential-test.ts';

/** Where one objective stands while load flows. */
export interface ObjectiveProgress {
  id: string;
  decision: Decided;
  outlook: Outlook;
  /** Requests counted and bad ones; good answers per second for throughput; nothing where a cache is asked for that no answer speaks of. */
  seen: { n: number; bad: number } | { perSecond: number } | 'no-cache-sign';
}

/** What a scenario waits for while load flows. */
export interface ScenarioProgress {
  /** When it is looked at next, milliseconds of judged load: the end of the load at the latest. */
  nextLookMs: number;
  /** Documented requests that are still to be judged before load may stop. */
  requestsLeft: number;
  /** In the order of the objectives. */
  objectives: ObjectiveProgress[];
}

export type StopReason = Extract<Stop, 'decided' | 'no-answer' | 'client-limit'>;

/**
 * Judges one scenario from its requests, live or replayed: given the same samples in any order it gives the same verdicts. While load
 * flows it answers one question, whether load may stop.
 */
export interface ScenarioJudge {
  start(mark: StartMark): void;
  /** The object is kept only while an older request is open. */
  end(sample: Sample): void;
  /**
   * Why load may stop at `nowMs` (on the samples' own scale): every objective is decided, nothing was answered from the start, or our own
   * machine met a limit, so that nothing can be decided any more.
   * Never `decided` before the end of a documented length or of a ramp.
   */
  mayStop(nowMs: number): StopReason | undefined;
  progress(): ScenarioProgress;
  /** The verdicts, in the order of the objectives. Takes the last look; no more samples may come. */
  finish(record: ScenarioRecord): ObjectiveVerdict[];
}

export function createScenarioJudge(options: {
  record: ScenarioSetup;
  objectives: readonly PlannedObjective[];
  alphaFail: number;
}): ScenarioJudge {
  return new Judge(options.record, options.objectives, options.alphaFail);
}

class Judge implements ScenarioJudge {
  readonly #plan: ScenarioSetup;
  readonly #objectives: ObjectiveJudge[];
  readonly #order: Order;
  readonly #pace: Pace;
  readonly #latency = new LatencyHistogram(3);
  readonly #lookAtMs: readonly number[];
  #firstStart: number | undefined;
  /** Judged requests, and when the documented number of them was over. */
  #judged = 0;
  #requestsOverMs: number | undefined;
  /** Judged requests that never left our machine. */
  readonly #limits = new Map<LocalLimit, number>();
  readonly #tally = { requests: 0, answered: 0, refused: 0, timeouts: 0, resets: 0, open: 0 };

  constructor(plan: ScenarioSetup, objectives: readonly PlannedObjective[], alphaFail: number) {
    this.#plan = plan;
    this.#lookAtMs = scheduleLooks(plan).atMs;
    this.#pace = new Pace(plan.scenario.arrivals);
    const alpha = { pass: rules.alpha, fail: alphaFail };
    this.#objectives = objectives.map((objective) => createObjectiveJudge(objective, plan, alpha));
    const inFlight = ((arrivalRates(plan.scenario.arrivals)?.peak ?? 0) * plan.timeoutMs) / 1000;
    this.#order = new Order((sample) => this.#deliver(sample), inFlight);
  }

  start({ intendedStart }: StartMark): void {
    this.#firstStart ??= intendedStart;
  }

  end(sample: Sample): void {
    this.#count(sample);
    this.#order.end(sample);
  }

  mayStop(nowMs: number): StopReason | undefined {
    if (this.#limits.size > 0) return 'client-limit';
    const silent =
      this.#tally.answered === 0 && nowMs - (this.#firstStart ?? nowMs) >= rules.noAnswerMs;
    if (silent) return 'no-answer';
    const { scenario } = this.#plan;
    if (judgedWhole(scenario) || this.#judged < (scenario.requests ?? 0)) return undefined;
    return this.#objectives.every(({ test }) => test.decision !== undefined)
      ? 'decided'
      : undefined;
  }

  progress(): ScenarioProgress {
    const { lastMs } = this.#pace;
    return {
      nextLookMs: this.#lookAtMs.find((atMs) => atMs > lastMs) ?? this.#plan.plannedMs,
      requestsLeft: Math.max(0, (this.#plan.scenario.requests ?? 0) - this.#judged),
      objectives: this.#objectives.map(({ id, test, judged, isSilent }) => ({
        id,
        decision: test.decision,
        outlook: test.outlook(judged.lastMs),
        seen: isSilent
          ? 'no-cache-sign'
          : 'n' in test
            ? { n: test.n, bad: test.bad }
            : { perSecond: (test.good * 1000) / Math.max(1, judged.lastMs) },
      })),
    };
  }

  finish(record: ScenarioRecord): ObjectiveVerdict[] {
    const { missing, waiting, repeated } = this.#order;
    const whole = missing === 0 && hadAllItsTime(record);
    if (whole) this.#pace.end(record.plannedMs);
    for (const judge of this.#objectives)
      judge.end(whole ? Math.max(record.plannedMs, this.#pace.lastMs) : judge.judged.lastMs);
    const requestsOverMs = this.#requestsOverMs;
    const seen: Seen = {
      ...this.#tally,
      missing,
      waiting,
      repeated,
      judged: this.#judged,
      gapMs: this.#pace.gapMs,
      disordered: this.#pace.disordered,
      limits: this.#limits,
      lastMs: this.#pace.lastMs,
      latency: this.#latency,
      ...(requestsOverMs === undefined ? {} : { requestsOverMs }),
    };
    return this.#objectives.map((judge) => judgeObjective(judge, record, seen));
  }

  #count({ outcome, phase, limit }: Sample): void {
    this.#tally.requests += 1;
    if (outcome === 'local') {
      // The warm-up is not judged, nor is our machine in it.
      if (phase === 'judged' && limit !== undefined)
        this.#limits.set(limit, (this.#limits.get(limit) ?? 0) + 1);
    } else if (outcome === 'ok' || outcome === 'http' || outcome === 'malformed')
      this.#tally.answered += 1;
    else if (outcome === 'refused') this.#tally.refused += 1;
    else if (outcome === 'timeout') this.#tally.timeouts += 1;
    else if (outcome === 'reset') this.#tally.resets += 1;
    else this.#tally.open += 1;
  }

  #deliver(sample: Sample): void {
    const ms = latencyMs(sample);
    const logLatency = Math.log(Math.max(1e-3, ms));
    if (sample.phase === 'warmup') {
      if (this.#judged > 0) this.#pace.misplaced();
      for (const judge of this.#objectives) judge.take(sample, 0, 0, logLatency);
      return;
    }
    const { atMs, originMs } = this.#pace.step(sample.intendedStart);
    for (const judge of this.#objectives) judge.take(sample, atMs, originMs, logLatency);
    this.#judged += 1;
    if (this.#judged === this.#plan.scenario.requests) this.#requestsOverMs = atMs;
    if (sample.outcome === 'ok') this.#latency.record(ms);
    else if (sample.outcome !== 'cut' && sample.outcome !== 'local') this.#latency.recordFailure();
  }
}
