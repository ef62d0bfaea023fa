import type { Objective } from '../profile.ts';
import type { RateEvidence } from './rate.ts';
import type { RatioEvidence } from './ratio.ts';

/** `4,812` */
export function count(n: number): string {
  return n.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `1.2 %`, `0.034 %`, `5 %`: two significant digits below 10 %, and no noise behind them. */
export function percent(share: number): string {
  const value = share * 100;
  const rounded = value !== 0 && Math.abs(value) < 10 ? Number(value.toPrecision(2)) : Number(value.toFixed(1));
  return `${rounded.toLocaleString('en-US', { maximumFractionDigits: 12 })} %`;
}

/** `31 s`, `1.5 s`; from ten minutes on `12 min`, from two hours on `37 h`. */
export function seconds(value: number): string {
  if (value >= 7200) return `${count(value / 3600)} h`;
  if (value >= 600) return `${count(value / 60)} min`;
  return `${Number(value < 10 ? value.toPrecision(2) : Math.ceil(value).toFixed(0)).toLocaleString('en-US')} s`;
}

/** What the bad requests did: `took 200 ms or longer or failed`. */
function misdeed(objective: Objective): string {
  switch (objective.indicator) {
    case 'latency':
      return objective.limitIs === 'below'
        ? `took ${objective.limitMs} ms or longer or failed`
        : `took longer than ${objective.limitMs} ms or failed`;
    case 'wrong-answers':
      return 'were wrong (5xx, unexpected 4xx, malformed)';
    case 'unavailability':
      return 'found no service (no answer, timeout, 502, 503, 504)';
    case 'failures':
      return 'failed';
    case 'cache-misses':
      return 'were not served from the cache';
    case 'throughput':
      return '';
  }
}

/** What the share is a share of. */
export function subject({ indicator }: Objective): string {
  if (indicator === 'cache-misses') return 'requests answered before';
  return indicator === 'wrong-answers' ? 'answers' : 'requests';
}

/** `1.2 % of 4,812 requests took 200 ms or longer or failed; at most 5 % may (upper bound 2.1 % at 99 %)` */
export function describeRatio(objective: Objective, evidence: RatioEvidence, side: 'upper' | 'lower' | 'both'): string {
  const { n, bad, allowedShare, bounds } = evidence;
  const confidence = percent(bounds.confidence);
  const part = bad === 0 ? 'None' : percent(bad / n);
  const range =
    side === 'both'
      ? `between ${percent(bounds.lower)} and ${percent(bounds.upper)} at ${confidence}`
      : `${side} bound ${percent(bounds[side])} at ${confidence}`;
  return `${part} of ${count(n)} ${subject(objective)} ${misdeed(objective)}; at most ${percent(allowedShare)} may (${range})`;
}

/** `112.4 good answers per second over 58 s; more than 100 are asked (lower bound 108.2 at 99 %)` */
export function describeRate(evidence: RateEvidence, side: 'upper' | 'lower' | 'both'): string {
  const { perSecond, blocks, minPerSecond, bounds } = evidence;
  const confidence = percent(bounds.confidence);
  const range =
    side === 'both'
      ? `between ${bounds.lower.toFixed(1)} and ${bounds.upper.toFixed(1)} at ${confidence}`
      : `${side} bound ${bounds[side].toFixed(1)} at ${confidence}`;
  return `${perSecond.toFixed(1)} good answers per second over ${blocks} s; more than ${minPerSecond} are asked (${range})`;
}

/** `pass (12 of 3,400 bad)` or `12 of 3,400 bad, 61 % of the way to a decision`. */
export function progressText(state: string, decision: 'pass' | 'fail' | undefined, share: number): string {
  return decision === undefined ? `${state}, ${Math.floor(share * 100)} % of the way to a decision` : `${decision} (${state})`;
}
