import type { Objective, Profile, Scenario, Target } from '../profile.ts';
import { qualify } from '../scenario-record.ts';
import { rules } from './rules.ts';

export interface PlannedObjective {
  /** As in `ObjectiveVerdict`: `<target id>/<indicator>`, with the quantile for latency. */
  id: string;
  objective: Objective;
}

export interface PlannedTarget {
  id: string;
  statement: string;
  objectives: PlannedObjective[];
}

export interface PlannedScenario {
  /** Name in its profile, and the one that samples and records carry. */
  name: string;
  qualified: string;
  scenario: Scenario;
  objectives: PlannedObjective[];
}

/** What one profile asks to be driven and decided. */
export interface ProfilePlan {
  profile: Profile;
  targets: PlannedTarget[];
  scenarios: PlannedScenario[];
  /** Probability of a false fail that each objective is tested at: α over the number of objectives in the whole run. */
  alphaFail: number;
}

export interface RunPlan {
  /** Number of objectives in the run, fixed before load. */
  objectives: number;
  alphaFail: number;
  profiles: ProfilePlan[];
}

/** The suite that drives scenarios. */
export const loadSuite = 'load';

/** Which objectives are decided on which scenarios. `asked`: target ids to restrict it to; null means every target. */
export function planRun(
  profiles: readonly Profile[],
  asked: readonly string[] | null,
  withLoad = true,
): RunPlan {
  const targets = profiles.map((profile) => (withLoad ? plannedTargets(profile, asked) : []));
  const objectives = targets.flat().reduce((sum, target) => sum + target.objectives.length, 0);
  const alphaFail = rules.alpha / Math.max(1, objectives);
  return {
    objectives,
    alphaFail,
    profiles: profiles.map((profile, at) => planOf(profile, targets[at] ?? [], alphaFail)),
  };
}

function planOf(profile: Profile, targets: PlannedTarget[], alphaFail: number): ProfilePlan {
  const objectives = targets.flatMap((target) => target.objectives);
  const scenarios = Object.entries(profile.scenarios).map(([name, scenario]) => ({
    name,
    qualified: qualify(profile.id, name),
    scenario,
    objectives: objectives.filter(({ objective }) => objective.scenario === name),
  }));
  return {
    profile,
    targets,
    scenarios: scenarios.filter(({ objectives: own }) => own.length > 0),
    alphaFail,
  };
}

function plannedTargets(profile: Profile, asked: readonly string[] | null): PlannedTarget[] {
  return profile.targets.flatMap((target) => {
    if (!('objectives' in target) || (asked !== null && !asked.includes(target.id))) return [];
    return [{ id: target.id, statement: target.statement, objectives: objectivesOf(target) }];
  });
}

/** The objectives of one target with their ids: `AK-SLO-1/latency-p95`; a second one of the same name gets `-2`. */
export function objectivesOf(target: Target): PlannedObjective[] {
  if (!('objectives' in target)) return [];
  const nameOf = namesOnce();
  return target.objectives.map((objective) => ({
    id: nameOf(`${target.id}/${indicatorName(objective)}`),
    objective,
  }));
}

/** Gives each name once: the second of the same gets `-2`. */
export function namesOnce(): (name: string) => string {
  const taken = new Map<string, number>();
  return (name) => {
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return times === 1 ? name : `${name}-${times}`;
  };
}

function indicatorName(objective: Objective): string {
  if (objective.indicator !== 'latency') return objective.indicator;
  return `latency-p${Number((objective.quantile * 100).toPrecision(10))}`;
}

/** Without a latency limit to go by, the client waits for an answer so long. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** How long the client waits for an answer: four times the largest latency limit of the profile, so that no timeout hides a latency. */
export function timeoutMs(profile: Profile): number {
  const limits = profile.targets
    .flatMap(objectivesOf)
    .flatMap(({ objective }) => (objective.indicator === 'latency' ? [objective.limitMs] : []));
  return limits.length === 0 ? DEFAULT_TIMEOUT_MS : 4 * Math.max(...limits);
}

/** The share of requests that may be bad: 1 − quantile for latency. Throughput has none. */
export function allowedShare(objective: Exclude<Objective, { indicator: 'throughput' }>): number {
  return objective.indicator === 'latency'
    ? Number((1 - objective.quantile).toPrecision(12))
    : objective.maxShare;
}
