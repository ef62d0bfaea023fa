import type { Objective, Scenario } from '../profile.ts';
import type { Sample } from '../sample.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import type { ObjectiveVerdict } from '../verdict.ts';
import { objectivesOf, type PlannedObjective } from './plan.ts';
import { createScenarioJudge, type ScenarioJudge } from './scenario.ts';

/** Builders for the tests of the judge. */

export const unique: Scenario = {
  api: 'score',
  model: 'm',
  payloads: { kind: 'unique' },
  arrivals: { shape: 'constant', perSecond: 300 },
};

export const p95 = {
  indicator: 'latency',
  scenario: 'unique',
  quantile: 0.95,
  limitMs: 200,
  limitIs: 'below',
} as const satisfies Objective;
export const p99 = {
  indicator: 'latency',
  scenario: 'unique',
  quantile: 0.99,
  limitMs: 500,
  limitIs: 'below',
} as const satisfies Objective;
export const wrong = {
  indicator: 'wrong-answers',
  scenario: 'unique',
  maxShare: 0.01,
} as const satisfies Objective;
export const down = {
  indicator: 'unavailability',
  scenario: 'unique',
  maxShare: 0.001,
} as const satisfies Objective;

export function planned(...objectives: Objective[]): PlannedObjective[] {
  const [first, ...others] = objectives;
  if (first === undefined) return [];
  return objectivesOf({
    id: 'T-SLO-1',
    kind: 'slo',
    statement: 's',
    section: 's',
    objectives: [first, ...others],
  });
}

/** What a scenario is usually judged by. */
export const four = () => planned(p95, p99, wrong, down);

export function record(changes: Partial<ScenarioRecord> = {}): ScenarioRecord {
  return {
    name: 'p/unique',
    scenario: unique,
    warmupMs: 1000,
    plannedMs: 60_000,
    minTimeMs: 30_000,
    timeoutMs: 2000,
    startedAt: 0,
    endedAt: 61_000,
    stop: 'budget' as const,
    client: {
      exitCode: 0,
      signal: null,
      dropped: 0,
      clockJumpMs: 0,
      loopLagP99Ms: 5,
      stoodStillMs: 0,
    },
    ...changes,
  };
}

/** One request at 300 per second; `latency` from its intended start. The first 300 are the warm-up. */
export function sample(index: number, latency: number, changes: Partial<Sample> = {}): Sample {
  const intendedStart = (index * 1000) / 300;
  return {
    index,
    scenario: 'p/unique',
    phase: index < 300 ? ('warmup' as const) : ('judged' as const),
    intendedStart,
    start: intendedStart,
    end: intendedStart + latency,
    outcome: 'ok' as const,
    status: 200,
    bytes: 10,
    requestId: `r${index}`,
    route: 'main',
    ...changes,
  };
}

export function samples(
  n: number,
  latency: (index: number) => number,
  changes: (index: number) => Partial<Sample> = () => ({}),
): Sample[] {
  return Array.from({ length: n }, (_, index) => sample(index, latency(index), changes(index)));
}

/** The order in which a client sees requests end. */
export function asCompleted(all: readonly Sample[]): Sample[] {
  return all.toSorted((a, b) => a.end - b.end);
}

export function replay(
  all: readonly Sample[],
  objectives: readonly PlannedObjective[],
  of: ScenarioRecord = record(),
): ObjectiveVerdict[] {
  const judge = createScenarioJudge({
    record: of,
    objectives,
    alphaFail: 0.01 / objectives.length,
  });
  for (const one of all) judge.end(one);
  return judge.finish(of);
}

/**
 * As while load flows: start marks and samples by time, the samples late by `reportMs` on their way, and every 100 ms the question
 * whether load may stop. Then, if `stops`, what is open is cut, and what was to come never does.
 */
export function live(
  all: readonly Sample[],
  objectives: readonly PlannedObjective[],
  of: ScenarioRecord = record(),
  { reportMs = 200, stops = false } = {},
): {
  verdicts: ObjectiveVerdict[];
  stoppedAt: number | undefined;
  why: ReturnType<ScenarioJudge['mayStop']>;
  recorded: Sample[];
} {
  const judge = createScenarioJudge({
    record: of,
    objectives,
    alphaFail: 0.01 / objectives.length,
  });
  const recorded: Sample[] = [];
  const end = (one: Sample) => {
    recorded.push(one);
    judge.end(one);
  };
  const events = all.flatMap((one) => [
    { at: one.start, run: () => judge.start(one) },
    { at: one.end + reportMs, run: () => end(one) },
  ]);
  let stoppedAt: number | undefined;
  let why: ReturnType<ScenarioJudge['mayStop']>;
  let tick = 0;
  for (const { at, run } of events.toSorted((a, b) => a.at - b.at)) {
    for (; tick <= at; tick += 100) {
      why ??= judge.mayStop(tick);
      if (why !== undefined) stoppedAt ??= tick;
    }
    if (stops && stoppedAt !== undefined) break;
    run();
  }
  if (stops && stoppedAt !== undefined) {
    const seen = new Set(recorded.map(({ index }) => index));
    for (const one of all) {
      if (one.start >= stoppedAt || seen.has(one.index)) continue;
      end(one.end <= stoppedAt ? one : { ...one, end: stoppedAt, outcome: 'cut' });
    }
  }
  return {
    verdicts: judge.finish({ ...of, ...(stops && why !== undefined ? { stop: why } : {}) }),
    stoppedAt,
    why,
    recorded,
  };
}

/** Spread evenly by a multiplicative hash: true for one in `every` indexes. */
export const scattered = (index: number, every: number) =>
  (Math.imul(index, 2_654_435_761) >>> 0) / 4_294_967_296 < 1 / every;

export const decisions = (verdicts: readonly { decision: string }[]) =>
  verdicts.map(({ decision }) => decision);
