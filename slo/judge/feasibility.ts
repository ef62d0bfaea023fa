import { arrivalRates } from '../arrival-rates.ts';
import type { Objective, Scenario } from '../profile.ts';
import type { RatioObjective } from './indicator.ts';
import { allowedShare, type PlannedObjective } from './plan.ts';
import { faultlessRequests } from './rules.ts';

/**
 * The least judged load, in milliseconds, with which an objective can pass: no request bad, all of them independent, by the same test
 * that will decide it. In a closed model, where the rate is the service's own, only the minimum time is known.
 */
export function neededMs(objective: Objective, scenario: Scenario, minTimeMs: number): number {
  const least =
    scenario.durationSeconds === undefined ? minTimeMs : scenario.durationSeconds * 1000;
  const rate = arrivalRates(scenario.arrivals)?.mean;
  if (rate === undefined || objective.indicator === 'throughput') return least;
  return Math.max(least, Math.ceil((neededRequests(objective, scenario) * 1000) / rate));
}

/** The objectives for which so much judged load brings too few requests, even from a faultless service, with the load they need. */
export function undecidable(
  objectives: readonly PlannedObjective[],
  scenario: Scenario,
  minTimeMs: number,
  plannedMs: number,
): { id: string; neededMs: number }[] {
  return objectives.flatMap(({ id, objective }) =>
    neededMs(objective, scenario, 0) > plannedMs
      ? [{ id, neededMs: neededMs(objective, scenario, minTimeMs) }]
      : [],
  );
}

function neededRequests(objective: RatioObjective, scenario: Scenario): number {
  return faultlessRequests(allowedShare(objective)) + unseenPayloads(scenario, objective.indicator);
}

/** Each payload must be answered once before a hit can be asked of it. */
function unseenPayloads({ payloads }: Scenario, indicator: string): number {
  return indicator === 'cache-misses' && payloads.kind === 'repeated' ? payloads.distinct : 0;
}
