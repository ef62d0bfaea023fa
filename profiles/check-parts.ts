import type { z } from 'zod';
import { paramsOf } from '../slo/check-record.ts';
import { didYouMean } from '../slo/did-you-mean.ts';
import { isCheckPart, partsOf, type Target } from '../slo/profile.ts';

/** The checks that a profile can name, each with the parameters that it takes. */
export type KnownChecks = ReadonlyMap<string, z.ZodObject>;

type Issue = z.core.$ZodIssue;

/** What is wrong with the checks that a profile names, each at its place: a check that nobody knows, or parameters that it does not take. */
export function partIssues(
  { targets }: { targets: readonly Target[] },
  known: KnownChecks,
  asking?: z.core.ParseContext<Issue>,
): Issue[] {
  return targets.flatMap((target, at) => {
    return partsOf(target).flatMap((part, place): Issue[] => {
      if (!isCheckPart(part)) return [];
      const path = ['targets', at, 'checks', place];
      const params = known.get(part.check);
      if (params === undefined) return [unknown(part.check, [...path, 'check'], known)];
      const { error } = params.strict().safeParse(paramsOf(part), asking);
      return (error?.issues ?? []).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
    });
  });
}

function unknown(check: string, path: PropertyKey[], known: KnownChecks): Issue {
  const names = [...known.keys()];
  const message = `there is no check "${check}".${didYouMean(check, names)} There are: ${names.join(', ')}`;
  return { code: 'custom', path, message, input: check };
}
