import {
  type CheckEvent,
  type CheckParams,
  checkKey,
  type Observation,
  type PlannedCheck,
} from '../check-record.ts';
import type { Reason } from '../reason.ts';
import type { CheckVerdict, ExactEvidence } from '../verdict.ts';

/** Everything that was recorded of one check. */
export interface CheckRecord {
  observations: Observation[];
  /** Absent when the run was killed meanwhile. */
  end?: Extract<CheckEvent, { kind: 'end' }>;
}

/** The checks of a run, collected from their lines. What belongs to no check that was begun is passed over. */
export class CheckRecords {
  readonly #runs = new Map<number, CheckRecord>();
  readonly #checks = new Map<string, CheckRecord>();

  add(event: CheckEvent): void {
    if (event.kind === 'begin') {
      const record: CheckRecord = { observations: [] };
      this.#runs.set(event.run, record);
      this.#checks.set(`${event.profile} ${checkKey(event)}`, record);
      return;
    }
    const record = this.#runs.get(event.run);
    if (event.kind === 'end') {
      if (record !== undefined) record.end = event;
      return;
    }
    const { kind: _, run: __, at: ___, ...observation } = event;
    record?.observations.push(observation);
  }

  /** What a check that is no experiment follows from: decided anew from other evidence each time. */
  set(profile: string, check: string, params: CheckParams, record: CheckRecord): void {
    this.#checks.set(`${profile} ${checkKey({ check, params })}`, record);
  }

  of({ profile, ...check }: Pick<PlannedCheck, 'profile' | 'check' | 'params'>) {
    return this.#checks.get(`${profile} ${checkKey(check)}`);
  }
}

/** As many observations stand in a verdict, those that failed first. */
const mostShown = 50;

/**
 * What a check's record means: no record, or one that was broken off, decides nothing; a crash, or a check that saw nothing, is a fault of
 * ours; one thing that is not as expected fails it, whatever came after.
 */
export function judgeCheck(
  facts: Pick<CheckVerdict, 'id' | 'check' | 'params'>,
  record: CheckRecord | undefined,
): CheckVerdict {
  const verdict = (decision: CheckVerdict['decision'], reason: Reason): CheckVerdict =>
    record === undefined || record.observations.length === 0
      ? { ...facts, decision, reason }
      : { ...facts, decision, reason, evidence: evidenceOf(record) };
  if (record === undefined) return verdict('inconclusive', { code: 'check-unrecorded' });
  const { observations, end } = record;
  if (observations.some(({ ok }) => !ok)) return verdict('fail', { code: 'not-as-expected' });
  switch (end?.end) {
    case 'crashed':
      return verdict('invalid', { code: 'check-crashed', detail: end.why ?? '' });
    case 'skipped':
      return verdict('inconclusive', { code: 'check-skipped', why: end.why ?? '' });
    case 'done':
      return observations.length === 0
        ? verdict('invalid', { code: 'saw-nothing' })
        : verdict('pass', { code: 'as-expected' });
    default:
      return verdict('inconclusive', { code: 'check-broken-off' });
  }
}

function evidenceOf({ observations }: CheckRecord): ExactEvidence {
  const worstFirst = [
    ...observations.filter(({ ok }) => !ok),
    ...observations.filter(({ ok }) => ok),
  ];
  return {
    kind: 'exact',
    observations: observations.length,
    failed: observations.filter(({ ok }) => !ok).length,
    shown: worstFirst.slice(0, mostShown),
  };
}
