import { checkKey, type PlannedCheck, paramsOf } from '../check-record.ts';
import {
  type CheckPart,
  isCheckPart,
  type OpenPart,
  type Profile,
  partsOf,
  type Target,
} from '../profile.ts';
import type { Reason } from '../reason.ts';
import type { Sample } from '../sample.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import {
  type CheckVerdict,
  type LeftOut,
  type ObjectiveVerdict,
  type RunVerdicts,
  type TargetVerdict,
  worst,
} from '../verdict.ts';
import { type CheckRecords, judgeCheck } from './checks.ts';
import {
  loadSuite,
  namesOnce,
  objectivesOf,
  type PlannedScenario,
  type ProfilePlan,
  planRun,
} from './plan.ts';
import { createScenarioJudge, type ScenarioJudge } from './scenario.ts';

export interface ProfileVerdicts {
  profile: string;
  targets: TargetVerdict[];
  /** Of checks that decide no target, and those of them that could not be done. */
  checks: CheckVerdict[];
  leftOut: LeftOut[];
}

/** Evidence of one run, as it was recorded. */
export interface RecordedRun {
  profiles: readonly Profile[];
  /** Target ids that were asked for; null means every target. */
  targets: readonly string[] | null;
  /** Names of the suites that were run. */
  suites: readonly string[];
  /** All checks that it knew of for what was asked, with the suite of each. */
  checks: readonly PlannedCheck[];
  /** What was judged. Our reference stack must tell of its cache; a team's own service need not, and then nothing was run about it. */
  service: { kind: 'reference-stack' | 'external' };
  /** Day of the run, `2026-03-01`. */
  day: string;
  scenarios: readonly ScenarioRecord[];
  /** Each scenario's samples, in any order. */
  samples: Iterable<Sample> | AsyncIterable<Sample>;
  /** What the checks saw; asked for when all samples were read. */
  seen: () => CheckRecords | Promise<CheckRecords>;
}

/** Decides every target of a run from its evidence alone: a pure function of it. One entry per profile, in their order. */
export async function judgeRun(run: RecordedRun): Promise<ProfileVerdicts[]> {
  const plan = planRun(run.profiles, run.targets, run.suites.includes(loadSuite));
  const records = new Map(run.scenarios.map((record) => [record.name, record]));
  const judges = new Map<string, ScenarioJudge>();
  for (const { scenarios: planned, alphaFail } of plan.profiles) {
    for (const { qualified, objectives } of planned) {
      const record = records.get(qualified);
      if (record !== undefined)
        judges.set(qualified, createScenarioJudge({ record, objectives, alphaFail }));
    }
  }
  for await (const sample of run.samples) judges.get(sample.scenario)?.end(sample);
  const seen = await run.seen();
  return plan.profiles.map((one) => {
    const own = ownChecks(one.profile, run).map((planned) => {
      const { check, params } = planned;
      return judgeCheck({ id: check, check, params }, seen.of(planned));
    });
    const objectives = objectiveVerdicts(one, records, judges);
    return {
      profile: one.profile.id,
      targets: targetVerdicts(one, run, { objectives, seen }),
      checks: own.filter(({ reason }) => reason.code !== 'check-skipped'),
      leftOut: own.flatMap(({ id, reason }) =>
        reason.code === 'check-skipped' ? { part: id, reason } : [],
      ),
    };
  });
}

function objectiveVerdicts(
  { scenarios }: ProfilePlan,
  records: ReadonlyMap<string, ScenarioRecord>,
  judges: ReadonlyMap<string, ScenarioJudge>,
): Map<string, ObjectiveVerdict> {
  const verdicts = scenarios.flatMap((scenario) => {
    const record = records.get(scenario.qualified);
    const judge = judges.get(scenario.qualified);
    return record === undefined || judge === undefined ? notDriven(scenario) : judge.finish(record);
  });
  return new Map(verdicts.map((verdict) => [verdict.id, verdict]));
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

interface Seen {
  objectives: ReadonlyMap<string, ObjectiveVerdict>;
  seen: CheckRecords;
}

function targetVerdicts({ profile }: ProfilePlan, run: RecordedRun, seen: Seen): TargetVerdict[] {
  return profile.targets.map((target) => targetVerdict(target, profile.id, run, seen));
}

function targetVerdict(
  target: Target,
  profile: string,
  run: RecordedRun,
  { objectives: judged, seen }: Seen,
): TargetVerdict {
  const { id, kind, statement, section, implied, advisory } = target;
  const facts = {
    id,
    kind,
    statement,
    section,
    ...(implied === undefined ? {} : { implied }),
    ...(advisory === undefined
      ? {}
      : { advisory: { ...advisory, counts: run.day > advisory.until } }),
  };
  const notRun = (reason: Reason): TargetVerdict => ({ ...facts, decision: 'not-run', reason });
  if (run.targets !== null && !run.targets.includes(id)) return notRun({ code: 'not-asked' });
  if ('notRun' in target) return notRun({ code: 'profile', text: target.notRun });
  const objectives: ObjectiveVerdict[] = [];
  const checks: CheckVerdict[] = [];
  const leftOut: LeftOut[] = [];
  for (const { id: part } of objectivesOf(target)) {
    const verdict = judged.get(part);
    if (verdict === undefined)
      leftOut.push({ part, reason: { code: 'suite-not-asked', suite: loadSuite } });
    else if (run.service.kind === 'external' && verdict.reason.code === 'no-cache-sign')
      leftOut.push({ part, reason: verdict.reason });
    else objectives.push(verdict);
  }
  for (const part of namedParts(target)) {
    const verdict = partVerdict(part, profile, run, seen);
    if ('part' in verdict) leftOut.push(verdict);
    else checks.push(verdict);
  }
  const decisions = [...objectives, ...checks].map(({ decision }) => decision);
  const [first] = leftOut;
  if (decisions.length === 0 && first !== undefined) return notRun(first.reason);
  return { ...facts, decision: worst(decisions), objectives, checks, leftOut };
}

type NamedPart = { id: string; part: CheckPart | OpenPart };

/** Parts of a target beside its objectives: `AK-API-6/max-elements`; a second one of the same name gets `-2`. */
function namedParts(target: Target): NamedPart[] {
  const nameOf = namesOnce();
  return partsOf(target).map((part) => ({
    id: nameOf(`${target.id}/${isCheckPart(part) ? part.check : part.part}`),
    part,
  }));
}

function partVerdict(
  { id, part }: NamedPart,
  profile: string,
  run: RecordedRun,
  seen: CheckRecords,
): CheckVerdict | LeftOut {
  if (!isCheckPart(part)) return { part: id, reason: { code: 'profile', text: part.notRun } };
  const { check, mayNotRun } = part;
  const params = paramsOf(part);
  const key = checkKey({ check, params });
  const planned = run.checks.find((one) => one.profile === profile && checkKey(one) === key);
  if (planned !== undefined && !run.suites.includes(planned.suite))
    return { part: id, reason: { code: 'suite-not-asked', suite: planned.suite } };
  const verdict = judgeCheck({ id, check, params }, seen.of({ profile, check, params }));
  return verdict.reason.code === 'check-skipped' && mayNotRun !== undefined
    ? { part: id, reason: verdict.reason }
    : verdict;
}

/** Checks that were to be done and that no target of the profile names. */
function ownChecks({ id, targets }: Profile, { checks, suites }: RecordedRun): PlannedCheck[] {
  const named = new Set(
    targets
      .flatMap(namedParts)
      .flatMap(({ part }) =>
        isCheckPart(part) ? checkKey({ check: part.check, params: paramsOf(part) }) : [],
      ),
  );
  return checks.filter(
    (one) => one.profile === id && suites.includes(one.suite) && !named.has(checkKey(one)),
  );
}

interface Outcome {
  targets: readonly TargetVerdict[];
  checks: readonly CheckVerdict[];
  asked: readonly string[] | null;
  harness: 'sound' | 'broken';
}

/**
 * 1 a target failed · 3 none failed, but something was invalid, nothing was decided, a target that was asked for by name was not run, or
 * the harness broke · 2 none of these, but something is inconclusive · 0 every target that was run passed. Checks that decide no target
 * count like targets; advisory targets do not count before their day is over.
 */
export function exitCode({ targets, checks, asked, harness }: Outcome): RunVerdicts['exitCode'] {
  const counted = targets.filter(({ advisory }) => advisory === undefined || advisory.counts);
  const decided = [
    ...counted.flatMap(({ decision }) => (decision === 'not-run' ? [] : decision)),
    ...checks.map(({ decision }) => decision),
  ];
  const missed = targets.some(
    ({ id, decision }) => decision === 'not-run' && (asked?.includes(id) ?? false),
  );
  if (decided.includes('fail')) return 1;
  if (harness === 'broken' || decided.includes('invalid') || decided.length === 0 || missed)
    return 3;
  return decided.includes('inconclusive') ? 2 : 0;
}
