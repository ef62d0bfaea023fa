import type { Arrivals, Objective, Scenario } from '../profile.ts';
import { shareTest } from '../statistics/e-value.ts';
import { nextLook } from '../statistics/looks.ts';
import type { RatioObjective } from './indicator.ts';
import { ALPHA, allowedShare, type PlannedObjective } from './plan.ts';
import { temperPass } from './ratio.ts';
import { rules } from './rules.ts';

/** Requests per second that the arrivals bring, on average over the load; undefined in a closed model. */
export function arrivalRate(arrivals: Arrivals): number | undefined {
  switch (arrivals.shape) {
    case 'closed':
      return undefined;
    case 'ramp':
      return (arrivals.fromPerSecond + arrivals.toPerSecond) / 2;
    default:
      return arrivals.perSecond;
  }
}

/**
 * The least judged load, in milliseconds, with which an objective can pass: no request bad, all of them independent, by the same test
 * that will decide it. Undefined in a closed model, where the rate is the target's own.
 */
export function neededMs(objective: Objective, scenario: Scenario, minTimeMs: number): number | undefined {
  const least = scenario.durationSeconds === undefined ? minTimeMs : scenario.durationSeconds * 1000;
  if (objective.indicator === 'throughput') return least;
  const rate = arrivalRate(scenario.arrivals);
  if (rate === undefined) return undefined;
  return Math.max(least, Math.ceil((neededRequests(objective, scenario) * 1000) / rate));
}

/** The objectives that so much judged load cannot decide even for a faultless target, with the load they need. */
export function undecidable(
  objectives: readonly PlannedObjective[],
  scenario: Scenario,
  minTimeMs: number,
  plannedMs: number,
): { id: string; neededMs: number }[] {
  return objectives.flatMap(({ id, objective }) => {
    const needed = neededMs(objective, scenario, minTimeMs);
    return needed !== undefined && needed > plannedMs ? [{ id, neededMs: needed }] : [];
  });
}

function neededRequests(objective: RatioObjective, scenario: Scenario): number {
  const requests = faultlessRequests(allowedShare(objective), objective.indicator === 'latency');
  return requests + unseenPayloads(scenario, objective.indicator);
}

/** Each payload must be answered once before a hit can be asked of it. */
function unseenPayloads({ payloads }: Scenario, indicator: string): number {
  return indicator === 'cache-misses' && payloads.kind === 'repeated' ? payloads.distinct : 0;
}

/** Requests without a bad one until the pass: the first look at which the test is there. */
export function faultlessRequests(share: number, queueing: boolean): number {
  const test = shareTest(share);
  const decides = (n: number) => {
    const effective = n / (queueing ? temperPass(1, n) : 1);
    return n >= rules.requestsPerTau && effective >= rules.minEffective && test.logEBelow(0, effective) >= -Math.log(ALPHA);
  };
  let n = nextLook(0);
  while (!decides(n)) n = nextLook(n);
  return n;
}
