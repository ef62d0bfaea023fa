import { didYouMean } from '../../slo/did-you-mean.ts';
import { usageError } from '../../slo/errors.ts';
import { loadSuite } from '../../slo/judge/plan.ts';
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

/** Refuses options that only load uses where none is asked for: whoever gives them expects that they do something. Throws `USAGE`. */
export function refuseLoadOptions({ run }: AskedSuites, given: readonly string[]): void {
  if (run.includes(loadSuite) || given.length === 0) return;
  const lines = given.map(
    (option) => `${option} belongs to load, and no load is asked for: --suite ${run.join(' ')}.`,
  );
  throw usageError(lines.join('\n'));
}
