import type { Decision, RunVerdicts } from '../../slo/verdict.ts';
import { missedInSample, missWords } from './reasons.ts';
import {
  counts,
  type DecidedTarget,
  everythingDecided,
  notRunTargets,
  rowsOf,
  type VerdictRow,
} from './rows.ts';

const and = new Intl.ListFormat('en-GB', { type: 'conjunction' });

export interface Headline {
  decision: Decision;
  title: string;
  /** How many targets of each decision. */
  detail: string;
}

/** The verdict on the whole run in words; its exit code says the same to a machine. */
export function headline(verdicts: RunVerdicts): Headline {
  const decided = everythingDecided(verdicts).filter(counts);
  const named = (decision: Decision) =>
    decided.filter((target) => target.decision === decision).map(({ id }) => id);
  const tally = (['fail', 'invalid', 'inconclusive', 'pass'] as const)
    .map((decision) => ({ decision, ids: named(decision) }))
    .filter(({ ids }) => ids.length > 0);
  const detail =
    [...tally.map(({ decision, ids }) => `${ids.length} ${decision}`), ...apart(verdicts)].join(
      ', ',
    ) || 'no target was decided';
  switch (verdicts.exitCode) {
    case 0: {
      const passed = named('pass').length;
      return {
        decision: 'pass',
        title: `Pass: ${passed === 1 ? 'the decided target was met' : `all ${passed} decided targets were met`}`,
        detail,
      };
    }
    case 1: {
      const failed = named('fail');
      const title = `Fail: ${and.format(failed) || 'a target'} ${failed.length > 1 ? 'were' : 'was'} missed`;
      return { decision: 'fail', title, detail };
    }
    case 2:
      return { decision: 'inconclusive', title: `Inconclusive: ${undecided(decided)}`, detail };
    case 3:
      return {
        decision: 'invalid',
        title: `Invalid: ${invalid(verdicts, named('invalid'), named('pass').length > 0)}`,
        detail,
      };
  }
}

/** What is counted apart: passes of which parts were left out, and advisory targets. */
function apart(verdicts: RunVerdicts): string[] {
  const decided = everythingDecided(verdicts);
  const partly = decided.filter(
    (target) => counts(target) && target.decision === 'pass' && target.leftOut.length > 0,
  );
  const advisory = decided.filter((target) => !counts(target));
  return [
    ...(partly.length === 0 ? [] : [`${partly.length} of them in part`]),
    ...[...new Set(advisory.map(({ decision }) => decision))].map(
      (decision) =>
        `${advisory.filter((target) => target.decision === decision).length} advisory ${decision}`,
    ),
  ];
}

function invalid(verdicts: RunVerdicts, ids: readonly string[], passed: boolean): string {
  if (ids.length > 0) return `the measurement of ${and.format(ids)} cannot be trusted`;
  const missed = askedInVain(verdicts);
  if (missed.length > 0)
    return `${and.format(missed)} ${missed.length > 1 ? 'were' : 'was'} asked for, and not run`;
  return passed
    ? 'an internal error, so this run proves nothing as a whole'
    : 'this run decided nothing';
}

/** Targets that were asked for by name and not run: others were not asked for. */
function askedInVain(verdicts: RunVerdicts): string[] {
  const notRun = notRunTargets(verdicts);
  const asked = notRun.filter(({ reason }) => reason.code !== 'not-asked');
  return asked.length < notRun.length ? asked.map(({ id }) => id) : [];
}

/** A limit that was missed in this run is said first, then a service that changed. */
function undecided(decided: readonly DecidedTarget[]): string {
  const open = decided.filter(({ decision }) => decision === 'inconclusive');
  const having = (holds: (row: VerdictRow) => boolean) =>
    open.flatMap((target) => {
      const row = rowsOf(target).find(
        (candidate) => candidate.decision === 'inconclusive' && holds(candidate),
      );
      return row === undefined ? [] : [{ id: target.id, row }];
    });
  const missed = having((row) => row.reason?.code === 'not-enough' && missedInSample(row));
  const [first, ...others] = missed;
  if (first !== undefined && others.length === 0) return `${missWords(first.row)} (${first.id})`;
  if (first !== undefined)
    return `${and.format(missed.map(({ id }) => id))} missed their limits in this run, but too little was seen to be sure`;
  const changed = having(({ reason }) => reason?.code === 'changed').map(({ id }) => id);
  if (changed.length > 0)
    return `the service changed while ${and.format(changed)} ${changed.length > 1 ? 'were' : 'was'} judged`;
  return `${and.format(open.map(({ id }) => id)) || 'a target'} could not be decided`;
}
