import { isSystemName, type SystemName, systemNames } from '../../fixtures/spec/system-names.ts';
import { didYouMean } from '../../slo/did-you-mean.ts';
import { SuiteError, usageError } from '../../slo/errors.ts';
import { loadSuite, planRun } from '../../slo/judge/plan.ts';
import type { Profile } from '../../slo/profile.ts';
import type { AskedSuites } from './asked-suites.ts';
import { planChecks } from './plan-checks.ts';

/**
 * Sees to it that the reference stack can be set up for each of these profiles, by the word that named them on the command line. One with
 * nothing to do needs no system. Throws `USAGE` with all that is wrong.
 */
export function checkSystems(
  named: ReadonlyMap<Profile, string>,
  targets: readonly string[] | null,
  { named: suites }: AskedSuites,
): void {
  const profiles = [...named.keys()];
  const driven = new Set(
    planRun(profiles, targets)
      .profiles.filter(
        ({ profile, scenarios }) =>
          scenarios.length > 0 ||
          planChecks([profile], { targets, named: suites }).some(
            ({ suite }) => suite !== loadSuite,
          ),
      )
      .map(({ profile }) => profile),
  );
  const wrongs = [...named].flatMap(([profile, word]) => {
    const wrong = problemOf(profile.system, driven.has(profile));
    return wrong === undefined ? [] : [`${word}: ${wrong}`];
  });
  if (wrongs.length > 0) throw usageError(wrongs.join('\n'));
}

/** What the reference stack is set up as for a profile that was checked. */
export function systemOf({ id, system }: Profile): SystemName {
  if (system !== undefined && isSystemName(system)) return system;
  throw new SuiteError('INTERNAL', `Profile ${id} came to the reference stack without a system.`);
}

function problemOf(system: string | undefined, isDriven: boolean): string | undefined {
  const right = `There are: ${systemNames.join(', ')}. Or give --url URL.`;
  if (system === undefined)
    return isDriven
      ? `system is missing, which says what the reference stack is set up as. ${right}`
      : undefined;
  return isSystemName(system)
    ? undefined
    : `system is "${system}", and the reference stack cannot be set up as that.${didYouMean(system, systemNames)} ${right}`;
}
