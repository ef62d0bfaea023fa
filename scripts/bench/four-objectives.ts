import { objectivesOf } from '../../slo/judge/plan.ts';
import type { Sample } from '../../slo/sample.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';

/** What one scenario is usually judged by. */
export const fourObjectives = objectivesOf({
  id: 'B-SLO-1',
  kind: 'slo',
  statement: 's',
  section: 's',
  objectives: [
    { indicator: 'latency', scenario: 'unique', quantile: 0.95, limitMs: 200, limitIs: 'below' },
    { indicator: 'latency', scenario: 'unique', quantile: 0.99, limitMs: 500, limitIs: 'below' },
    { indicator: 'wrong-answers', scenario: 'unique', maxShare: 0.01 },
    { indicator: 'unavailability', scenario: 'unique', maxShare: 0.001 },
  ],
});

/** Their scenario as it was driven by a client that did nothing wrong. */
export function benchRecord(
  perSecond: number,
  plannedMs: number,
  minTimeMs: number,
): ScenarioRecord {
  return {
    name: 'bench/unique',
    warmupMs: 0,
    plannedMs,
    minTimeMs,
    timeoutMs: 2000,
    startedAt: 0,
    endedAt: plannedMs,
    stop: 'budget',
    scenario: {
      api: 'score',
      model: 'm',
      payloads: { kind: 'unique' },
      arrivals: { shape: 'constant', perSecond },
    },
    client: {
      exitCode: 0,
      signal: null,
      dropped: 0,
      clockJumpMs: 0,
      loopLagP99Ms: 0,
      stoodStillMs: 0,
    },
  };
}

/** A judged request of theirs, to be filled in. */
export function blankSample(): Sample {
  return {
    index: 0,
    scenario: 'bench/unique',
    phase: 'judged',
    intendedStart: 0,
    start: 0,
    end: 0,
    outcome: 'ok',
    status: 200,
    bytes: 100,
    requestId: 'r',
    route: 'main',
  };
}
