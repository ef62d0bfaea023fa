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

export function notRunTargets(verdicts: RunVerdicts): NotRunTarget[] {
  return verdicts.profiles.flatMap(({ targets }) =>
    targets.filter((target): target is NotRunTarget => !isDecided(target)),
  );
}

/** Parts that were not run, of a target that the others decided. */
export function leftOutOf({ leftOut }: DecidedTarget): NotRun[] {
  return leftOut.map(({ part: id, reason }) => ({ id, reason }));
}

/** Parts of decided targets that were left out, and targets that this service alone gave nothing to decide by. */
export function silentIn({ targets }: ProfileVerdicts): NotRun[] {
  return targets.flatMap((target): NotRun[] => {
    if (isDecided(target)) return leftOutOf(target);
    return target.reason.code === 'no-cache-sign' ? [target] : [];
  });
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
