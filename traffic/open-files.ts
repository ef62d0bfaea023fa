import { readFileSync } from 'node:fs';
import { arrivalRates } from '../slo/arrival-rates.ts';
import type { Arrivals } from '../slo/profile.ts';

/** What k6 has open besides connections, and to spare. */
const besides = 50;

/** Requests that can be open at once: all that come within the client's timeout, when the service stalls. */
export function mostOpen(arrivals: Arrivals, timeoutMs: number): number {
  if (arrivals.shape === 'closed') return arrivals.concurrency;
  return Math.ceil(((arrivalRates(arrivals)?.peak ?? 0) * timeoutMs) / 1000);
}

/** A warning where so many requests are more than this machine allows open files; undefined where they are not, or nobody knows. */
export function openFilesWarning(requests: number, limit = openFilesLimit()): string | undefined {
  if (limit === undefined || requests + besides <= limit) return undefined;
  return `This machine allows ${limit} open files, and ${requests} requests can be open at once when the service stalls: the run would then be invalid. Raise ulimit -Hn, or lower --rate.`;
}

/** The hard limit, to which k6 raises its own (proc_pid_limits(5)); undefined where there is none, or the system does not tell. */
function openFilesLimit(): number | undefined {
  try {
    const [, hard] =
      /^Max open files +\S+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return hard === undefined ? undefined : Number(hard);
  } catch {
    return undefined;
  }
}
