import type { CountNote } from '../../slo/reason.ts';
import type { Reconciliation, RunVerdicts } from '../../slo/verdict.ts';
import { countNoteWords } from './caveats.ts';
import { integer } from './format.ts';
import { isDecided } from './rows.ts';

/** Notes that say what was taken into account, and not why there is nothing to compare. */
const accounted: ReadonlySet<CountNote['code']> = new Set(['unanswered', 'no-counter']);

/** More than a reader wants to know here; the report has all. */
const mostTold = 3;

/**
 * Where the server's own counts were not compared with the client's, or differ without a target that says so: a sentence each, with the
 * loads that have it in common.
 */
export function countWords(verdicts: RunVerdicts): string[] {
  const loads = new Map<string, string[]>();
  for (const one of verdicts.reconciliation) {
    const words = one.agrees === null ? uncompared(one) : differing(verdicts, one);
    // A harness that broke over it has said so.
    if (words === undefined || verdicts.warnings.some((warning) => warning.includes(words.why)))
      continue;
    const said = `${words.what} ${words.why}`;
    loads.set(said, [...(loads.get(said) ?? []), `${one.profile}/${one.scenario}`]);
  }
  return [...loads].map(([said, names]) => `${names.join(', ')}: ${said}`);
}

interface Words {
  what: string;
  why: string;
}

function uncompared({ notes }: Reconciliation): Words {
  const reasons = notes.filter(({ code }) => !accounted.has(code)).map(countNoteWords);
  const more = reasons.length - mostTold;
  const why = [
    ...reasons.slice(0, mostTold),
    ...(more > 0 ? [`The report has ${integer(more)} more of these notes.`] : []),
  ];
  return {
    what: 'the server’s own counts were not compared with ours.',
    why: why.length === 0 ? 'There was no answer whose replica is known.' : why.join(' '),
  };
}

function differing(
  { profiles }: RunVerdicts,
  { profile, agrees, rows }: Reconciliation,
): Words | undefined {
  const targets = profiles.find(({ id }) => id === profile)?.targets ?? [];
  const isSaid = targets.some(
    (target) =>
      isDecided(target) &&
      target.checks.some(({ check, decision }) => check === 'counts-agree' && decision === 'fail'),
  );
  if (agrees !== false || isSaid) return undefined;
  const figures = rows.flatMap(({ replica, signal, client, server }) =>
    server === null || server === client
      ? []
      : [`${replica} ${signal} ${integer(server)} of ${integer(client)}`],
  );
  return {
    what: 'the server’s own counts differ from what its client saw:',
    why: `${figures.slice(0, mostTold).join(', ')}.`,
  };
}
