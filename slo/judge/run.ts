import type { Profile, Target } from '../profile.ts';
import type { Sample } from '../sample.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import { type ObjectiveVerdict, type RunVerdicts, type TargetVerdict, worst } from '../verdict.ts';
import { objectivesOf, type PlannedScenario, type ProfilePlan, planRun } from './plan.ts';
import { createScenarioJudge, type ScenarioJudge } from './scenario.ts';

export interface ProfileVerdicts {
  profile: string;
  targets: TargetVerdict[];
}

/** Evidence of one run, as it was recorded. */
export interface RecordedRun {
  profiles: readonly Profile[];
  /** Target ids that were asked for; null means every target. */
  targets: readonly string[] | null;
  scenarios: readonly ScenarioRecord[];
  /** Each scenario's samples, in any order. */
  samples: Iterable<Sample> | AsyncIterable<Sample>;
}

/** Decides every target of a run from its evidence alone: a pure function of it. One entry per profile, in their order. */
export async function judgeRun({
  profiles,
  targets,
  scenarios,
  samples,
}: RecordedRun): Promise<ProfileVerdicts[]> {
  const plan = planRun(profiles, targets);
  const records = new Map(scenarios.map((record) => [record.name, record]));
  const judges = new Map<string, ScenarioJudge>();
  for (const { scenarios: planned, alphaFail } of plan.profiles) {
    for (const { qualified, objectives } of planned) {
      const record = records.get(qualified);
      if (record !== undefined)
        judges.set(qualified, createScenarioJudge({ record, objectives, alphaFail }));
    }
  }
  for await (const sample of samples) judges.get(sample.scenario)?.end(sample);
  return plan.profiles.map((one) => ({
    profile: one.profile.id,
    targets: targetVerdicts(one, targets, records, judges),
  }));
}

function targetVerdicts(
  { profile, scenarios }: ProfilePlan,
  asked: readonly string[] | null,
  records: ReadonlyMap<string, ScenarioRecord>,
  judges: ReadonlyMap<string, ScenarioJudge>,
): TargetVerdict[] {
  const verdicts = new Map<string, ObjectiveVerdict>();
  for (const scenario of scenarios) {
    const record = records.get(scenario.qualified);
    const judge = judges.get(scenario.qualified);
    const own =
      record === undefined || judge === undefined ? notDriven(scenario) : judge.finish(record);
    for (const verdict of own) verdicts.set(verdict.id, verdict);
  }
  return profile.targets.map((target) => targetVerdict(target, asked, verdicts));
}

function targetVerdict(
  target: Target,
  asked: readonly string[] | null,
  verdicts: ReadonlyMap<string, ObjectiveVerdict>,
): TargetVerdict {
  const { id, kind, statement, section, implied } = target;
  const facts = { id, kind, statement, section, ...(implied === undefined ? {} : { implied }) };
  if (asked !== null && !asked.includes(id))
    return { ...facts, decision: 'not-run', reason: { code: 'not-asked' } };
  if ('notRun' in target)
    return { ...facts, decision: 'not-run', reason: { code: 'profile', text: target.notRun } };
  const objectives = objectivesOf(target).flatMap((planned) => verdicts.get(planned.id) ?? []);
  return { ...facts, decision: worst(objectives.map(({ decision }) => decision)), objectives };
}

/** The run ended before it came to this scenario. */
function notDriven({ objectives }: PlannedScenario): ObjectiveVerdict[] {
  const reason = { code: 'not-driven' } as const;
  return objectives.map(({ id, objective }) => ({
    id,
    objective,
    decision: 'inconclusive',
    reason,
    stop: 'not-started',
  }));
}

/**
 * 1 a target failed · 3 none failed, but something was invalid, nothing was decided, a target that was asked for by name was not run, or
 * the harness broke · 2 none of these, but something is inconclusive · 0 every target that was run passed.
 */
export function exitCode(
  targets: readonly TargetVerdict[],
  asked: readonly string[] | null,
  harness: 'sound' | 'broken' = 'sound',
): RunVerdicts['exitCode'] {
  const decisions = targets.map(({ decision }) => decision);
  const decided = decisions.filter((decision) => decision !== 'not-run');
  const missed = targets.some(
    ({ id, decision }) => decision === 'not-run' && (asked?.includes(id) ?? false),
  );
  if (decided.includes('fail')) return 1;
  if (harness === 'broken' || decided.includes('invalid') || decided.length === 0 || missed)
    return 3;
  return decided.includes('inconclusive') ? 2 : 0;
}
