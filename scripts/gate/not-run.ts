import { isSystemName, spokenBy } from '../../fixtures/spec/system-names.ts';
import { paramsOf } from '../../slo/check-record.ts';
import { loadSuite } from '../../slo/judge/plan.ts';
import type { Api, CheckPart, Profile } from '../../slo/profile.ts';
import { catalogue } from '../../suites/catalogue.ts';
import type { Capability, Check } from '../../suites/runner/check.ts';
import { whyMissing } from '../../suites/runner/missing.ts';
import { proxyFor } from '../../traffic/proxy.ts';
import { checkWords } from './check-words.ts';
import type { GateOptions } from './options.ts';

/** Why a run would skip what has these needs, as far as that can be told before anything is started. */
export function whyNotRun(
  needs: readonly Capability[],
  profile: Profile,
  service: GateOptions['service'],
): string | undefined {
  if (service.kind !== 'external') {
    const api = apiOfStack(profile);
    // It has all of them, and is reached without a proxy.
    return api && whyMissing(needs, api, new Set(needs));
  }
  const has = new Set<Capability>();
  if (service.metrics !== undefined) has.add('counters');
  if (proxyFor(new URL(service.url), process.env) === undefined) has.add('direct');
  return whyMissing(needs, service.api, has);
}

function apiOfStack({ scenarios, system }: Profile): Api | undefined {
  const usual = system !== undefined && isSystemName(system) ? spokenBy(system).api : undefined;
  return Object.values(scenarios)[0]?.api ?? usual;
}

/** What a check needs as a run does it: a stack of its own, too, where it wants one. */
export const needsOf = ({ needs, topology }: Pick<Check, 'needs' | 'topology'>) =>
  topology === undefined ? needs : [...needs, 'stack' as const];

/** Each target that was asked for, where nothing of it would be run, with every reason why. */
export function whyUndecided(
  profile: Profile,
  { targets, suites, service }: GateOptions,
): [target: string, why: string][] {
  const unasked = (suite: string) => `suite ${suite} is not asked for`;
  const whyNoCheck = (part: CheckPart): string => {
    const known = catalogue.find(({ check }) => check.id === part.check);
    const why =
      known !== undefined && !suites.run.includes(known.suite)
        ? unasked(known.suite)
        : known && whyNotRun(needsOf(known.check), profile, service);
    // What is left has nothing of its own to do.
    return `${checkWords(part.check, paramsOf(part))}: ${why ?? 'it follows from other load, and there is none'}`;
  };
  return profile.targets
    .filter(({ id }) => targets === null || targets.includes(id))
    .flatMap((target) => {
      const reasons =
        'notRun' in target
          ? [target.notRun]
          : [
              ...('objectives' in target && !suites.run.includes(loadSuite)
                ? [unasked(loadSuite)]
                : []),
              ...(target.checks ?? []).map((part) =>
                'check' in part ? whyNoCheck(part) : `${part.part}: ${part.notRun}`,
              ),
            ];
      return reasons.map((why, at): [string, string] => [at === 0 ? target.id : '', why]);
    });
}
