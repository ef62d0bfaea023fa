import { createHash } from 'node:crypto';
import { arrivalRates } from '../slo/arrival-rates.ts';
import type { LoadSpec } from './load-spec.ts';
import { proxyFor, proxyRole } from './proxy.ts';
import type { ScriptInput } from './wire.ts';

/**
 * One event loop of k6 per so many requests per second. Two, three and four loops all kept 3,000 per second on two cores; only four
 * kept 3,500 (`npm run bench -- --section load`).
 */
const requestsPerLoop = 1000;
const mostLoops = 4;

/** What k6 is told of a plan, for the load and for the request that asks before it. */
export function scriptInput(plan: LoadSpec): ScriptInput {
  const identity = createHash('sha256')
    .update(`${plan.epochMs} ${plan.scenario} ${plan.seed}`)
    .digest('hex');
  // In a closed model one loop carries all clients, so that indexes follow starts.
  const loops = Math.ceil((arrivalRates(plan.arrivals)?.peak ?? 1) / requestsPerLoop);
  const proxy = proxyFor(new URL(plan.url), process.env);
  return {
    plan,
    requestIdPrefix: identity.slice(0, 12),
    loops: Math.min(mostLoops, loops),
    proxy: proxyRole(proxy, plan.url),
  };
}
