import type { ObjectiveProgress } from '../../slo/judge/scenario.ts';
import { integer, percent, significant, spaced } from './format.ts';

/** Where one objective stands while load flows, for a line at a terminal. */
export function progressWords({ id, decision, outlook, seen }: ObjectiveProgress): string {
  if (seen === 'no-cache-sign') return `${id}: no answer says anything of a cache`;
  const far =
    'n' in seen
      ? `${integer(seen.bad)} of ${integer(seen.n)} bad`
      : `${significant(seen.perSecond)} good answers/s`;
  return spaced(
    `${id}: ${decision === undefined ? `${far}, ${ahead(outlook)}` : `${decision} (${far})`}`,
  );
}

/** What is still missing: not time, which is the same for all, but evidence. */
function ahead({ towards, share, worsens }: ObjectiveProgress['outlook']): string {
  if (share < 1) return `${percent(share, 2, 'floor')} of what a ${towards} takes`;
  return worsens ? `enough for a ${towards}, but it gets worse` : `enough for a ${towards}`;
}
