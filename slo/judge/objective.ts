import type { Sample } from '../sample.ts';
import type { ScenarioSetup } from '../scenario-record.ts';
import type { ObjectiveVerdict, RateEvidence, RatioEvidence } from '../verdict.ts';
import {
  createIndicator,
  type Indicator,
  isImpossible,
  isSeenLate,
  isSentLate,
  lateToleranceMs,
  type RatioObjective,
  type Reading,
} from './indicator.ts';
import { scheduleLooks } from './looks.ts';
import { allowedShare, type PlannedObjective } from './plan.ts';
import { RateTest } from './rate.ts';
import { RatioTest } from './ratio.ts';
import type { Sides } from './sequential-test.ts';

/** One objective of a scenario while its requests come in, in index order. */
export interface ObjectiveJudge {
  readonly id: string;
  readonly objective: ObjectiveVerdict['objective'];
  readonly test: RatioTest | RateTest;
  readonly judged: Judged;
  /**
   * The next request. `atMs`: its intended start since the first judged one, 0 in the warm-up; `originMs`: that start; `logLatency`: the
   * natural logarithm of its latency in ms.
   */
  take(sample: Sample, atMs: number, originMs: number, logLatency: number): void;
  /** No more requests come; so much load was judged, if counting did not end before. */
  end(judgedMs: number): void;
  /** It is about the cache, and no answer that could have been a hit, nor any other, says anything of one. */
  readonly isSilent: boolean;
  evidence(): RatioEvidence | RateEvidence | undefined;
}

/** Judged requests that an objective was given, whether or not it is about them. */
export interface Judged {
  requests: number;
  /** Sent late by our client, or seen late where that may have made them bad, or the load less. */
  late: number;
  /** Sent once more, since an idle connection broke. */
  resent: number;
  /** With times that cannot be. */
  impossible: number;
  /** Time that requests were open, and so much of it that may be our client's own, milliseconds. */
  openMs: number;
  seenLateMs: number;
  /** Where counting ended, milliseconds since the first judged start. */
  lastMs: number;
}

export function createObjectiveJudge(
  planned: PlannedObjective,
  plan: ScenarioSetup,
  alpha: Sides,
): ObjectiveJudge {
  const { id, objective } = planned;
  return objective.indicator === 'throughput'
    ? new Throughput(id, objective, plan, alpha)
    : new Share(id, objective, plan, alpha);
}

const nothing = (): Judged => ({
  requests: 0,
  late: 0,
  resent: 0,
  impossible: 0,
  openMs: 0,
  seenLateMs: 0,
  lastMs: 0,
});

/** `seenLateMatters`: it was bad because of it, perhaps, or the next request had to wait for it. Else its whole latency was good enough. */
function count(
  judged: Judged,
  sample: Sample,
  {
    atMs,
    toleranceMs,
    seenLateMatters,
  }: { atMs: number; toleranceMs: number; seenLateMatters: boolean },
): void {
  judged.requests += 1;
  judged.lastMs = atMs;
  if (isSentLate(sample, toleranceMs) || (seenLateMatters && isSeenLate(sample, toleranceMs)))
    judged.late += 1;
  if (sample.resent === 'broken') judged.resent += 1;
  if (sample.outcome !== 'cut' && isImpossible(sample)) judged.impossible += 1;
  judged.openMs += sample.end - sample.start;
  judged.seenLateMs += sample.seenLate ?? 0;
}

class Share implements ObjectiveJudge {
  readonly id: string;
  readonly objective: RatioObjective;
  readonly test: RatioTest;
  readonly judged = nothing();
  readonly #indicator: Indicator;
  readonly #tolerance: number;
  /** Clients wait for their answers (a closed model). */
  readonly #waits: boolean;
  /** ln(limit), where the objective is about latency. */
  readonly #logLimit: number | undefined;
  #saidOfCache = false;
  /** Counting ended early, at a request that was cut before anybody could know: later ones would favour the fast. */
  #ended = false;

  constructor(id: string, objective: RatioObjective, plan: ScenarioSetup, alpha: Sides) {
    const { payloads } = plan.scenario;
    this.id = id;
    this.objective = objective;
    this.#indicator = createIndicator(
      objective,
      plan.timeoutMs,
      payloads.kind === 'repeated' ? payloads.ttlSeconds * 1000 : 0,
    );
    this.#tolerance = lateToleranceMs(objective);
    this.#waits = plan.scenario.arrivals.shape === 'closed';
    if (objective.indicator === 'latency') this.#logLimit = Math.log(objective.limitMs);
    this.test = new RatioTest({
      allowedShare: allowedShare(objective),
      alpha,
      looks: scheduleLooks(plan),
    });
  }

  take(sample: Sample, atMs: number, _originMs: number, logLatency: number): void {
    if (this.#ended) return;
    // The warm-up is read too: it fills the cache.
    const reading = this.#indicator.read(sample);
    if (sample.cacheHit !== undefined) this.#saidOfCache = true;
    if (sample.phase === 'warmup') return;
    if (reading === 'unknown') {
      this.#ended = true;
      return;
    }
    this.test.advance(atMs);
    const seenLateMatters = this.#waits || reading === 'doubtful';
    count(this.judged, sample, { atMs, toleranceMs: this.#tolerance, seenLateMatters });
    if (reading !== 'skip')
      this.test.take(
        atMs,
        reading !== 'good',
        reading === 'bad',
        this.#distance(reading, logLatency),
      );
  }

  end(judgedMs: number): void {
    this.test.end(this.#ended ? this.judged.lastMs : judgedMs);
  }

  get isSilent(): boolean {
    return this.objective.indicator === 'cache-misses' && this.test.n > 0 && !this.#saidOfCache;
  }

  evidence(): RatioEvidence | undefined {
    return this.isSilent ? undefined : this.test.evidence();
  }

  #distance(reading: Reading, logLatency: number): number {
    return this.#logLimit === undefined || reading !== 'good'
      ? 0
      : Math.min(0, logLatency - this.#logLimit);
  }
}

class Throughput implements ObjectiveJudge {
  readonly id: string;
  readonly objective: ObjectiveVerdict['objective'];
  readonly test: RateTest;
  readonly judged = nothing();
  readonly isSilent = false;
  readonly #tolerance: number;
  readonly #waits: boolean;
  /** When good answers to the warm-up came that may have come in the judged time. */
  #warmupEnds: number[] = [];

  constructor(
    id: string,
    objective: Extract<ObjectiveVerdict['objective'], { indicator: 'throughput' }>,
    plan: ScenarioSetup,
    alpha: Sides,
  ) {
    this.id = id;
    this.objective = objective;
    this.#tolerance = lateToleranceMs(objective);
    this.#waits = plan.scenario.arrivals.shape === 'closed';
    this.test = new RateTest({
      minPerSecond: objective.minPerSecond,
      alpha,
      looks: scheduleLooks(plan),
    });
  }

  take(sample: Sample, atMs: number, originMs: number): void {
    if (sample.phase === 'warmup') {
      this.#warmupEnds = this.#warmupEnds.filter((end) => end > sample.intendedStart);
      if (sample.outcome === 'ok') this.#warmupEnds.push(sample.end);
      return;
    }
    for (const end of this.#warmupEnds) this.test.take(end - originMs);
    this.#warmupEnds = [];
    this.test.advance(atMs);
    count(this.judged, sample, {
      atMs,
      toleranceMs: this.#tolerance,
      seenLateMatters: this.#waits,
    });
    if (sample.outcome === 'ok') this.test.take(sample.end - originMs);
  }

  end(judgedMs: number): void {
    this.test.end(judgedMs);
  }

  evidence(): RateEvidence | undefined {
    return this.judged.requests === 0 ? undefined : this.test.evidence();
  }
}
