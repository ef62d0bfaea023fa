import type { Decision } from '../../slo/verdict.ts';
import { caveatsOf } from './caveats.ts';
import { whyWords } from './reasons.ts';
import { type DecidedTarget, nameOf, rowsOf } from './rows.ts';

interface OpenReason {
  decision: Decision;
  /** Of what it concerns. */
  names: string[];
  why: string;
}

/** Why each row that did not pass did not, with its own caveats; what several rows share is there once. */
export function openReasons(targets: readonly DecidedTarget[]): OpenReason[] {
  const { of } = caveatsOf(targets.flatMap(rowsOf));
  const reasons = new Map<string, OpenReason>();
  for (const target of targets) {
    for (const row of rowsOf(target).filter(({ decision }) => decision !== 'pass')) {
      const why = [...whyWords(row), ...of(row)].join(' ');
      const key = `${row.decision} ${why}`;
      const reason = reasons.get(key) ?? { decision: row.decision, names: [], why };
      reason.names.push(nameOf(target, row));
      reasons.set(key, reason);
    }
  }
  return [...reasons.values()];
}
