import { type Api, apis } from '../../slo/profile.ts';
import type { Capability } from './check.ts';

/** In the order in which the first that is missing is said. */
const words: Record<Exclude<Capability, Api>, string> = {
  stack: 'it needs to see inside the service, which only the reference stack lets it',
  counters: 'the service gives no counters',
  faults: 'the service takes no faults',
  direct: 'a proxy stands between, which reads first what is sent',
};

/** Why what has these needs is not run on a service that speaks `api` and has these capabilities; undefined where it is. */
export function whyMissing(
  needs: readonly Capability[],
  api: Api,
  has: ReadonlySet<Capability>,
): string | undefined {
  const foreign = apis.find((one) => one !== api && needs.includes(one));
  if (foreign !== undefined) return `the service speaks ${api}, not ${foreign}`;
  const isMissing = (need: string) => needs.some((one) => one === need && !has.has(one));
  return Object.entries(words).find(([need]) => isMissing(need))?.[1];
}
