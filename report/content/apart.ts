import { notRunWords } from './reasons.ts';
import { counts, type DecidedTarget, leftOutOf, targetWords } from './rows.ts';

/** What has to be said of a target beside its verdict: which parts were not run, and whether it is advisory, or was. */
export function apartWords(target: DecidedTarget): string[] {
  const { id, advisory } = target;
  const parts = leftOutOf(target).map((part) => `${part.id} not run: ${notRunWords(part)}`);
  const lines = parts.length === 0 ? [] : [`${id} ${targetWords(target)}. ${parts.join(' ')}`];
  if (advisory === undefined) return lines;
  const { reason, until } = advisory;
  return [
    ...lines,
    counts(target)
      ? `${id} was advisory until ${until} (${reason}), and counts since.`
      : `${id} is advisory until ${until}, and not part of the exit code: ${reason}`,
  ];
}
