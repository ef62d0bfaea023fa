import type { Arrivals } from './profile.ts';

/** Requests per second that arrive whatever the service does; undefined in a closed model, where the service sets the pace. */
export function arrivalRates(
  arrivals: Arrivals,
): { slowest: number; mean: number; peak: number } | undefined {
  switch (arrivals.shape) {
    case 'constant':
    case 'poisson':
      return { slowest: arrivals.perSecond, mean: arrivals.perSecond, peak: arrivals.perSecond };
    case 'ramp': {
      const { fromPerSecond: from, toPerSecond: to } = arrivals;
      return { slowest: Math.min(from, to), mean: (from + to) / 2, peak: Math.max(from, to) };
    }
    case 'closed':
      return undefined;
  }
}
