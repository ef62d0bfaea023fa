import { checkKey, type PlannedCheck, paramsOf } from '../../slo/check-record.ts';
import {
  apis,
  type CheckPart,
  isCheckPart,
  type Profile,
  partsOf,
  type Target,
} from '../../slo/profile.ts';
import { catalogue } from '../../suites/catalogue.ts';
import type { Capability } from '../../suites/runner/check.ts';

interface Asked {
  /** Target ids; null means every target. */
  targets: readonly string[] | null;
  /** Suites that were asked for by name: their checks are done though no target names them. */
  named: readonly string[];
}

/** Every check that the profiles name for what was asked, each once for its parameters, with its suite; then those of the suites asked for. */
export function planChecks(
  profiles: readonly Profile[],
  { targets, named }: Asked,
): PlannedCheck[] {
  return profiles.flatMap((profile) => {
    const asked = profile.targets
      .filter(({ id }) => targets === null || targets.includes(id))
      .flatMap(checksOf);
    const planned = new Map<string, PlannedCheck>();
    for (const part of asked) {
      const known = catalogue.find(({ check }) => check.id === part.check);
      if (known === undefined) continue;
      const one = plannedOf(profile, known.suite, part.check, paramsOf(part));
      planned.set(checkKey(one), one);
    }
    const own = targets === null ? ownChecks(profile, named) : [];
    return [
      ...planned.values(),
      ...own.map(({ suite, check }) => plannedOf(profile, suite, check.id, {})),
    ];
  });
}

const plannedOf = (
  { id: profile }: Profile,
  suite: string,
  check: string,
  params: PlannedCheck['params'],
): PlannedCheck => ({ profile, suite, check, params: { ...params } });

export const checksOf = (target: Target): CheckPart[] => partsOf(target).filter(isCheckPart);

/** Checks of suites that were named, which no target of the profile names, which need no parameter and no API but those of the profile. */
function ownChecks({ targets, scenarios }: Profile, named: readonly string[]) {
  const known = new Set(targets.flatMap(checksOf).map(({ check }) => check));
  const spoken = Object.values(scenarios).map(({ api }) => api);
  const foreign = new Set<Capability>(
    spoken.length === 0 ? [] : apis.filter((api) => !spoken.includes(api)),
  );
  return catalogue.filter(
    ({ suite, check }) =>
      named.includes(suite) &&
      !known.has(check.id) &&
      !check.needs.some((need) => foreign.has(need)) &&
      check.params.safeParse({}).success,
  );
}
