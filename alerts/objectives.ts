import { objectivesOf as plannedOf } from '../slo/judge/plan.ts';
import type { Objective, Profile, Target } from '../slo/profile.ts';
import {
  type Indicator,
  indicatorOf,
  type NoIndicator,
  type Scopes,
  type Watched,
} from './indicator.ts';
import { numeral } from './promql.ts';

/** An objective of a profile as its error budget is watched. */
export interface Budgeted {
  /** `AK-SLO-1/latency-p95`: value of the label `slo`. */
  readonly slo: string;
  readonly target: Target;
  readonly objective: Objective;
  /** Share of bad requests that is allowed. */
  readonly budget: number;
  readonly indicator: Indicator;
}

/** One that is not watched, and why. */
export interface Unwatched extends NoIndicator {
  readonly slo: string;
}

/** Every objective of a profile, told apart by whether the metrics of a service can show it. */
export function objectivesOf(
  { targets, scenarios }: Profile,
  watched: Watched,
  scopes: Scopes,
  range: string,
): { budgeted: Budgeted[]; unwatched: Unwatched[] } {
  const budgeted: Budgeted[] = [];
  const unwatched: Unwatched[] = [];
  for (const target of targets) {
    for (const { id: slo, objective } of plannedOf(target)) {
      const budget = budgetOf(objective);
      const indicator = indicatorOf(
        objective,
        scenarios[objective.scenario]?.model ?? '',
        watched,
        scopes,
        range,
      );
      if ('why' in indicator) unwatched.push({ slo, ...indicator });
      else if (budget === undefined)
        unwatched.push({ slo, why: 'it has no error budget', isMistake: false });
      else budgeted.push({ slo, target, objective, budget, indicator });
    }
  }
  return { budgeted, unwatched };
}

/** Share of requests that may be bad; none for a rate. */
function budgetOf(objective: Objective): number | undefined {
  switch (objective.indicator) {
    case 'latency':
      return Number(numeral(1 - objective.quantile));
    case 'throughput':
      return undefined;
    default:
      return objective.maxShare;
  }
}
