import type { Conflict, Objective } from '../../slo/profile.ts';
import type { Reason } from '../../slo/reason.ts';
import type {
  CheckVerdict,
  Decision,
  Evidence,
  ObjectiveVerdict,
  RunVerdicts,
  Stop,
  TargetVerdict,
} from '../../slo/verdict.ts';

/** A target that something was decided about. */
export type DecidedTarget = Extract<TargetVerdict, { objectives: ObjectiveVerdict[] }>;
export type NotRunTarget = Exclude<TargetVerdict, DecidedTarget>;
/** A target, or one of its objectives. */
export type NotRun = Pick<NotRunTarget, 'id' | 'reason'>;
export type ProfileVerdicts = RunVerdicts['profiles'][number];

/** What a target rests on, an objective or a check: one row each in every table. */
export interface VerdictRow {
  id: string;
  decision: Decision;
  reason?: Reason | undefined;
  objective?: Objective;
  evidence?: Evidence | undefined;
  stop?: Stop;
  /** Of a check: what it was given. */
  params?: CheckVerdict['params'];
}

export function isDecided(target: TargetVerdict): target is DecidedTarget {
  return target.decision !== 'not-run';
}

export function decidedTargets(verdicts: RunVerdicts): DecidedTarget[] {
  return verdicts.profiles.flatMap((profile) => profile.targets.filter(isDecided));
}

/** Decided targets, and after them the checks that decide none. */
export function everythingDecided(verdicts: RunVerdicts): DecidedTarget[] {
  return [...decidedTargets(verdicts), ...verdicts.profiles.flatMap(ownTargets)];
}

export function notRunTargets(verdicts: RunVerdicts): NotRunTarget[] {
  return verdicts.profiles.flatMap(({ targets }) =>
    targets.filter((target): target is NotRunTarget => !isDecided(target)),
  );
}

/** Parts that were not run, of a target that the others decided. */
export function leftOutOf({ leftOut }: DecidedTarget): NotRun[] {
  return leftOut.map(({ part: id, reason }) => ({ id, reason }));
}

/** Targets that this service alone gave nothing to decide by, and checks of no target that could not be done. */
export function silentIn({ targets, leftOut }: ProfileVerdicts): NotRun[] {
  return [
    ...targets.flatMap((target): NotRun[] =>
      !isDecided(target) && target.reason.code === 'no-cache-sign' ? [target] : [],
    ),
    ...leftOut.map(({ part: id, reason }) => ({ id, reason })),
  ];
}

/** `pass (2 of 3)` where parts were left out, and whether it is only advisory. */
export function targetWords(target: DecidedTarget): string {
  const { decision, objectives, checks, leftOut } = target;
  const decided = objectives.length + checks.length;
  const partly =
    decision === 'pass' && leftOut.length > 0 ? ` (${decided} of ${decided + leftOut.length})` : '';
  return `${decision}${partly}${counts(target) ? '' : ', advisory'}`;
}

/** What stands in a row: the target's words where it has one row alone. */
export function verdictWords(target: DecidedTarget, row: VerdictRow): string {
  return rowsOf(target).length === 1
    ? targetWords({ ...target, decision: row.decision })
    : row.decision;
}

/** Whether a target is part of the exit code. */
export function counts({ advisory }: TargetVerdict): boolean {
  return advisory === undefined || advisory.counts;
}

/** Checks that decide no target, in the form of targets, so that they are shown alike. */
export function ownTargets({ checks }: ProfileVerdicts): DecidedTarget[] {
  return checks.map((check) => ({
    id: check.id,
    kind: 'api',
    statement: 'A check that decides no target of the profile.',
    section: '',
    decision: check.decision,
    objectives: [],
    checks: [check],
    leftOut: [],
  }));
}

/** Where the target itself was decided, that stands above what its parts would say. */
export function rowsOf({ decision, reason, objectives, checks }: DecidedTarget): VerdictRow[] {
  const rows: VerdictRow[] = [...objectives, ...checks];
  return reason === undefined ? rows : rows.map((row) => ({ ...row, decision, reason }));
}

/** The target's id; the objective's where a target has several. */
export function nameOf(target: DecidedTarget, row: VerdictRow): string {
  return rowsOf(target).length > 1 ? row.id : target.id;
}

export function judgedMsOf(evidence: Evidence | undefined): number {
  return evidence !== undefined && 'judgedMs' in evidence ? evidence.judgedMs : 0;
}

/** Conflicts of the document, each once: those that touch every decided target, those that touch some, and the others. */
export function conflictsOf({ targets, conflicts }: ProfileVerdicts): {
  all: Conflict[];
  some: Conflict[];
  none: Conflict[];
} {
  const ids = targets.filter(isDecided).map(({ id }) => id);
  const touched = ({ touches }: Conflict) => ids.filter((id) => touches.includes(id)).length;
  return {
    all: conflicts.filter((conflict) => ids.length > 0 && touched(conflict) === ids.length),
    some: conflicts.filter((conflict) => touched(conflict) > 0 && touched(conflict) < ids.length),
    none: conflicts.filter((conflict) => touched(conflict) === 0),
  };
}
