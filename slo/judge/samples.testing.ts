import type { Objective, Scenario } from '../profile.ts';
import type { Sample } from '../sample.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import type { ObjectiveVerdict } from '../verdict.ts';
import { objectivesOf, type PlannedObjective } from './plan.ts';
import { createScenarioJudge } from './scenario.ts';

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
export const wrong = { indicator: 'wrong-answers', scenario: 'unique', maxShare: 0.01 } as const satisfies Objective;
export const down = { indicator: 'unavailability', scenario: 'unique', maxShare: 0.001 } as const satisfies Objective;

export function planned(...objectives: Objective[]): PlannedObjective[] {
  const [first, ...others] = objectives;
  if (first === undefined) return [];
  return objectivesOf({ id: 'T-SLO-1', kind: 'slo', statement: 's', section: 's', objectives: [first, ...others] });
}

export function record(changes: Partial<ScenarioRecord> = {}): ScenarioRecord {
  return {
    ...{ name: 'p/unique', scenario: unique, warmupMs: 1000, plannedMs: 60_000, minTimeMs: 30_000, timeoutMs: 2000 },
    ...{ startedAt: 0, endedAt: 61_000, stop: 'budget' as const },
    client: { exitCode: 0, signal: null, dropped: 0, clockJumpMs: 0, loopLagP99Ms: 5 },
    ...changes,
  };
}

/** One request at 300 per second; `latency` from its intended start. The first 300 are the warm-up. */
export function sample(index: number, latency: number, changes: Partial<Sample> = {}): Sample {
  const intendedStart = (index * 1000) / 300;
  return {
    ...{ index, scenario: 'p/unique', phase: index < 300 ? ('warmup' as const) : ('judged' as const) },
    ...{ intendedStart, start: intendedStart, end: intendedStart + latency, outcome: 'ok' as const, status: 200 },
    ...{ bytes: 10, requestId: `r${index}`, route: 'main' },
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
  const judge = createScenarioJudge({ record: of, objectives, alphaFail: 0.01 / objectives.length });
  for (const one of all) judge.end(one);
  return judge.finish(of);
}

/** As while load flows: start marks and samples by time, the clock told every 100 ms, the samples late by `reportMs` on their way. */
export function live(
  all: readonly Sample[],
  objectives: readonly PlannedObjective[],
  of: ScenarioRecord = record(),
  reportMs = 200,
): { verdicts: ObjectiveVerdict[]; decidedAt: number | undefined } {
  const judge = createScenarioJudge({ record: of, objectives, alphaFail: 0.01 / objectives.length });
  const events = all.flatMap((one) => [
    { at: one.start, run: () => judge.start(one) },
    { at: one.end + reportMs, run: () => judge.end(one) },
  ]);
  let decidedAt: number | undefined;
  let tick = 0;
  for (const { at, run } of events.toSorted((a, b) => a.at - b.at)) {
    for (; tick <= at; tick += 100) {
      judge.clock(tick);
      if (judge.decided) decidedAt ??= tick;
    }
    run();
  }
  return { verdicts: judge.finish(of), decidedAt };
}
