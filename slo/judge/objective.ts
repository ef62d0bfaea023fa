import { latencyMs, type Sample, type StartMark } from '../sample.ts';
import type { ObjectiveVerdict } from '../verdict.ts';
import { createIndicator, Latency, lateToleranceMs, type RatioObjective, type Reading } from './indicator.ts';
import { ALPHA, allowedShare, type PlannedObjective } from './plan.ts';
import { type RateEvidence, RateTest } from './rate.ts';
import { type RatioEvidence, RatioTest } from './ratio.ts';
import { rules } from './rules.ts';
import type { ScenarioPlan } from './scenario.ts';
import { count } from './words.ts';

/** One objective of a scenario while its requests come in, in index order. */
export interface ObjectiveJudge {
  readonly id: string;
  readonly objective: ObjectiveVerdict['objective'];
  readonly test: RatioTest | RateTest;
  /** Index of the request it takes next. */
  readonly next: number;
  /** Judged requests it was given, whether or not the objective is about them. */
  readonly judged: number;
  /** Of those, the ones our client sent late. */
  readonly late: number;
  /** The next request, ended. `originMs`: intended start of the first judged request. */
  take(sample: Sample, originMs: number): void;
  /** The next request, still open at `nowMs`: takes it if it is bad already, whatever becomes of it, and says whether it did. */
  takeOpen(mark: StartMark, originMs: number, nowMs: number): boolean;
  evidence(): RatioEvidence | RateEvidence;
}

export function createObjectiveJudge(planned: PlannedObjective, plan: ScenarioPlan, alphaFail: number): ObjectiveJudge {
  const { objective } = planned;
  return objective.indicator === 'throughput'
    ? new Throughput(planned.id, objective, plan, alphaFail)
    : new Share(planned.id, objective, plan, alphaFail);
}

/** When a pass is possible, and whether looks before the end are: a documented duration is judged whole. */
function timing({ scenario, minTimeMs, plannedMs }: ScenarioPlan) {
  const documented = scenario.durationSeconds !== undefined;
  return { minTimeMs: documented ? plannedMs : minTimeMs, onlyAtEnd: documented };
}

/** How slow a request is for the estimate of dependence: 0 at the floor and below, this at the limit and for every bad one. */
const slownessOfBad = -Math.log(rules.slownessFloor);

class Share implements ObjectiveJudge {
  readonly id: string;
  readonly objective: RatioObjective;
  readonly test: RatioTest;
  readonly #indicator: ReturnType<typeof createIndicator>;
  readonly #tolerance: number;
  /** Below this a request is nowhere near the limit, and how fast it is says nothing of what would be bad. */
  readonly #floorMs: number;
  next = 0;
  judged = 0;
  late = 0;
  /** Set at the first request that was cut too early to be known: taking later ones would favour the fast. */
  #ended = false;
  #saidOfCache = false;

  constructor(id: string, objective: RatioObjective, plan: ScenarioPlan, alphaFail: number) {
    const { payloads } = plan.scenario;
    this.id = id;
    this.objective = objective;
    this.#indicator = createIndicator(objective, plan.timeoutMs, payloads.kind === 'repeated' ? payloads.ttlSeconds * 1000 : 0);
    this.#tolerance = lateToleranceMs(objective);
    this.#floorMs = (objective.indicator === 'latency' ? objective.limitMs : 1) * rules.slownessFloor;
    this.test = new RatioTest({
      ...timing(plan),
      allowedShare: allowedShare(objective),
      alphaPass: ALPHA,
      alphaFail,
      queueing: objective.indicator === 'latency',
    });
  }

  take(sample: Sample, originMs: number): void {
    this.next = sample.index + 1;
    if (this.#ended) return;
    // The warm-up is read too: it fills the cache.
    const reading = this.#indicator.read(sample);
    if (sample.phase === 'warmup') return;
    if (sample.cacheHit !== undefined) this.#saidOfCache = true;
    this.#count(sample, originMs, reading, reading === 'good' ? latencyMs(sample) : 0);
  }

  takeOpen(mark: StartMark, originMs: number, nowMs: number): boolean {
    if (!(this.#indicator instanceof Latency) || this.objective.indicator !== 'latency') return false;
    if (mark.phase === 'judged') {
      if (nowMs - mark.intendedStart <= this.objective.limitMs) return false;
      this.#count(mark, originMs, this.#indicator.readOpen(mark), 0);
    }
    this.next = mark.index + 1;
    return true;
  }

  evidence(): RatioEvidence {
    const silent = this.objective.indicator === 'cache-misses' && this.judged > 0 && !this.#saidOfCache;
    const caveats = silent ? ['No answer said whether it came from a cache (header Cache-Status), so none counts as a hit.'] : [];
    if (this.late > 0)
      caveats.push(
        `${count(this.late)} of ${count(this.judged)} requests were sent late by our client; for a fail they count as good.`,
      );
    return this.test.evidence(caveats);
  }

  #count({ start, intendedStart }: StartMark, originMs: number, reading: Reading, latency: number): void {
    if (reading === 'unknown') {
      this.#ended = true;
      return;
    }
    this.judged += 1;
    if (start - intendedStart > this.#tolerance) this.late += 1;
    if (reading === 'skip' || this.test.decision !== undefined) return;
    const good = reading === 'good';
    // Clipped at the limit, so that an open request that has passed it is known as well as one that ended, and at the floor.
    const slowness = good ? Math.log(Math.max(1, latency / this.#floorMs)) : slownessOfBad;
    this.test.take(intendedStart - originMs, !good, reading === 'bad', slowness);
  }
}

class Throughput implements ObjectiveJudge {
  readonly id: string;
  readonly objective: ObjectiveVerdict['objective'];
  readonly test: RateTest;
  next = 0;
  judged = 0;
  late = 0;
  #ended = false;

  constructor(
    id: string,
    objective: Extract<ObjectiveVerdict['objective'], { indicator: 'throughput' }>,
    plan: ScenarioPlan,
    alphaFail: number,
  ) {
    this.id = id;
    this.objective = objective;
    this.test = new RateTest({ ...timing(plan), minPerSecond: objective.minPerSecond, alphaPass: ALPHA, alphaFail });
  }

  take(sample: Sample, originMs: number): void {
    this.next = sample.index + 1;
    if (sample.outcome === 'cut') this.#ended = true;
    if (sample.phase === 'warmup' || this.#ended) return;
    this.judged += 1;
    this.test.take(sample.intendedStart - originMs, sample.end - originMs, sample.outcome === 'ok');
  }

  takeOpen(): boolean {
    return false;
  }

  evidence(): RateEvidence {
    return this.test.evidence([]);
  }
}
