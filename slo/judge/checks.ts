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
  /** Exchanges that they were seen in, and that are not on record. */
  lost?: number;
  /** Absent when the run was killed meanwhile. */
  end?: Extract<CheckEvent, { kind: 'end' }>;
}

/** The checks of a run, collected from their lines. What belongs to no check that was begun is passed over. */
export class CheckRecords {
  readonly #runs = new Map<number, CheckRecord>();
  readonly #checks = new Map<string, CheckRecord>();
  readonly #kept: ReadonlySet<number> | undefined;

  /** `kept`: numbers of the exchanges that are on record; where absent, nobody has looked. */
  constructor(kept?: ReadonlySet<number>) {
    this.#kept = kept;
  }

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
    if (record === undefined) return;
    record.observations.push(observation);
    const { exchange } = observation;
    if (exchange !== undefined && this.#kept?.has(exchange) === false)
      record.lost = (record.lost ?? 0) + 1;
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
 * What a check's record means: no record, or one that was broken off or lost an exchange, decides nothing; a crash, or a check that saw nothing, is a fault of
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
      if (observations.length === 0) return verdict('invalid', { code: 'saw-nothing' });
      return record.lost === undefined
        ? verdict('pass', { code: 'as-expected' })
        : verdict('inconclusive', { code: 'exchanges-lost', lost: record.lost });
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
