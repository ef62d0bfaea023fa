import { isSystemName, spokenBy } from '../../fixtures/spec/system-names.ts';
import { paramsOf } from '../../slo/check-record.ts';
import { loadSuite } from '../../slo/judge/plan.ts';
import { type Api, apis, type CheckPart, type Profile } from '../../slo/profile.ts';
import { catalogue } from '../../suites/catalogue.ts';
import type { Capability, Check } from '../../suites/runner/check.ts';
import { proxyFor } from '../../traffic/proxy.ts';
import { checkWords } from './check-words.ts';
import type { GateOptions } from './options.ts';

/** As a run says it when it skips a check (`suites/runner/run.ts`), in the same order; a test holds the two against each other. */
const words: Record<Exclude<Capability, Api>, string> = {
  stack: 'it needs to see inside the service, which only the reference stack lets it',
  counters: 'the service gives no counters',
  faults: 'the service takes no faults',
  direct: 'a proxy stands between, which reads first what is sent',
};

/** Why a run would skip what has these needs, as far as that can be told before anything is started. */
export function whyNotRun(
  needs: readonly Capability[],
  profile: Profile,
  service: GateOptions['service'],
): string | undefined {
  const api = service.kind === 'external' ? service.api : apiOfStack(profile);
  const foreign = apis.find((one) => one !== api && needs.includes(one));
  if (foreign !== undefined && api !== undefined)
    return `the service speaks ${api}, not ${foreign}`;
  // The reference stack has all of them, and is reached without a proxy.
  if (service.kind !== 'external') return undefined;
  const isDirect = proxyFor(new URL(service.url), process.env) === undefined;
  const has = new Set<string>([
    ...(service.metrics === undefined ? [] : ['counters']),
    ...(isDirect ? ['direct'] : []),
  ]);
  return Object.entries(words).find(
    ([need]) => !has.has(need) && needs.some((one) => one === need),
  )?.[1];
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
