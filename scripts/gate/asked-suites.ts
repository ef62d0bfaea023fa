import { didYouMean } from '../../slo/did-you-mean.ts';
import { usageError } from '../../slo/errors.ts';
import { suites, usualSuites } from '../../suites/catalogue.ts';

export interface AskedSuites {
  /** Names of the suites to run, in their order. */
  run: string[];
  /** Those that were named: of these all checks are done that can be, also those that decide no target. */
  named: string[];
}

/** What `--suite` names; `all` is every suite, for the targets alone. Throws `USAGE`. */
export function readSuites(given: readonly string[] | undefined): AskedSuites {
  const known = suites.map(({ name }) => name);
  const unknown = (given ?? []).filter((name) => name !== 'all' && !known.includes(name));
  if (unknown.length > 0) {
    const lines = unknown.map(
      (name) => `--suite: there is no suite "${name}".${didYouMean(name, [...known, 'all'])}`,
    );
    throw usageError(`${lines.join('\n')}\nThere are: ${known.join(', ')}, or all.`);
  }
  const named = known.filter((name) => given?.includes(name));
  const run = given?.includes('all') ? known : given === undefined ? [...usualSuites] : named;
  return { run, named };
}
