import type { Objective } from '../../slo/profile.ts';
import type { Decision, RateEvidence, RatioEvidence, Stop } from '../../slo/verdict.ts';
import {
  beside,
  confidence,
  count,
  exactly,
  integer,
  milliseconds,
  percent,
  significant,
} from './format.ts';
import type { VerdictRow } from './rows.ts';
import { failures, type ScenarioSummary } from './summarise.ts';

/** A mark that can be told apart without colour. */
export const marks: Record<Decision, string> = {
  fail: '✗',
  invalid: '!',
  inconclusive: '?',
  pass: '✓',
};

export const decisionWords: Record<Decision, string> = {
  fail: 'The target was missed.',
  invalid: 'Our measurement failed: it says nothing about the service.',
  inconclusive: 'Neither a pass nor a fail could be shown.',
  pass: 'The target was met.',
};

export const stopWords: Record<Stop, string> = {
  decided: 'there was enough data',
  budget: 'the budget was used up',
  'documented-duration': 'the documented duration was over',
  'no-answer': 'nothing was answered',
  'client-limit': 'our own machine met a limit',
  interrupted: 'the run was interrupted',
  'client-failed': 'our load generator failed',
  'not-started': 'no load was sent',
};

/** How a reference stack ran. */
export function runtimeWords({ runtime }: { runtime: string | null }): string {
  return runtime ?? 'never started';
}

export type LatencyObjective = Extract<Objective, { indicator: 'latency' }>;
export type RatioObjective = Exclude<Objective, { indicator: 'throughput' }>;

interface BadWords {
  /** After `12 of 8,963`. */
  short: string;
  /** After `12 of 8,963 requests`. */
  did: string;
  /** What was seen too seldom. */
  things: string;
  would: string;
  may: string;
}

const badWords: Record<Exclude<RatioObjective['indicator'], 'latency'>, BadWords> = {
  'wrong-answers': {
    short: 'wrong',
    did: 'were answered wrongly',
    things: 'wrong answers',
    would: 'would be',
    may: 'may be',
  },
  unavailability: {
    short: 'unavailable',
    did: 'found the service unavailable',
    things: 'such requests',
    would: 'would',
    may: 'may',
  },
  failures: { short: 'failed', did: 'failed', things: 'failures', would: 'would', may: 'may' },
  'cache-misses': {
    short: 'missed the cache',
    did: 'missed the cache',
    things: 'misses',
    would: 'would',
    may: 'may',
  },
};

const shareNames: Record<Exclude<RatioObjective['indicator'], 'latency'>, string> = {
  'wrong-answers': 'wrong answers',
  unavailability: 'unavailability',
  failures: 'failed requests',
  'cache-misses': 'cache misses among repeats',
};

/** A share of bad requests with its objective; undefined where a row is about anything else. */
export function shareOf({
  objective,
  evidence,
}: VerdictRow): { objective: RatioObjective; evidence: RatioEvidence } | undefined {
  if (evidence?.kind !== 'ratio' || objective === undefined || objective.indicator === 'throughput')
    return undefined;
  return { objective, evidence };
}

/** What a bad request did, in the words of its objective. */
export function badOf(objective: RatioObjective): BadWords {
  if (objective.indicator !== 'latency') return badWords[objective.indicator];
  const limit = limitMs(objective);
  const did =
    objective.limitIs === 'below'
      ? `took ${limit} or longer or failed`
      : `took longer than ${limit} or failed`;
  return { short: 'too slow or failed', did, things: 'stalls', would: 'would', may: 'may' };
}

/** `p99`, `p99.9`. */
export function quantileName(quantile: number): string {
  return `p${significant(quantile * 100, 6)}`;
}

export function limitMs({ limitMs: ms }: LatencyObjective): string {
  return milliseconds(ms, exactly);
}

export function allowed({ allowedShare }: RatioEvidence): string {
  return percent(allowedShare, exactly);
}

export function asked({ minPerSecond }: { minPerSecond: number }): string {
  return `more than ${significant(minPerSecond, exactly)}`;
}

/** The objective in short: `p95 < 200 ms`, `wrong answers ≤ 1 %`, `more than 100 good answers/s`. */
export function objectiveWords(objective: Objective): string {
  if (objective.indicator === 'latency')
    return `${quantileName(objective.quantile)} ${objective.limitIs === 'below' ? '<' : '≤'} ${limitMs(objective)}`;
  if (objective.indicator === 'throughput') return `${asked(objective)} good answers/s`;
  return `${shareNames[objective.indicator]} ≤ ${percent(objective.maxShare, exactly)}`;
}

/** The objective's own percentile of this run; null where that many failed. */
export function observed(ms: number | null, objective: LatencyObjective): string {
  return ms === null ? 'failed' : beside(ms, objective.limitMs, milliseconds);
}

/** The share of bad requests in this run. */
export function shareWords({ bad, n, allowedShare }: RatioEvidence): string {
  return beside(bad / Math.max(1, n), allowedShare, percent);
}

export function rateWords({ perSecond, minPerSecond }: RateEvidence): string {
  return `${beside(perSecond, minPerSecond, significant)} good answers/s`;
}

/** What was seen, in its own unit, beside its limit. `brief` leaves out the share, where the bound beside it says the limit. */
export function seenWords({ objective, evidence }: VerdictRow, brief = false): string {
  switch (evidence?.kind) {
    case undefined:
      return 'nothing measured';
    case 'rate':
      return `${rateWords(evidence)}, ${asked(evidence)} asked`;
    case 'duration':
      return `slowest ${significant(Math.max(0, ...evidence.seconds))} s of ${significant(evidence.limitSeconds, exactly)} s`;
    case 'exact':
      return `${integer(evidence.observations - evidence.failed)} of ${integer(evidence.observations)} as expected`;
    case 'ratio': {
      if (objective?.indicator === 'latency' && evidence.observedMs !== undefined) {
        const name = quantileName(objective.quantile);
        if (evidence.observedMs === null) return `${name} failed, limit ${limitMs(objective)}`;
        return `${name} ${observed(evidence.observedMs, objective)} of ${limitMs(objective)}`;
      }
      const words =
        objective === undefined || objective.indicator === 'throughput'
          ? 'bad'
          : badOf(objective).short;
      const share =
        evidence.bad === 0 || brief ? '' : ` (${shareWords(evidence)} of ${allowed(evidence)})`;
      return `${integer(evidence.bad)} of ${integer(evidence.n)} ${words}${share}`;
    }
  }
}

/** A bound is rounded away from what it bounds, so that it still holds. */
export function upperShare({ bounds, allowedShare }: RatioEvidence): string {
  return beside(bounds.upper, allowedShare, (share, digits) => percent(share, digits, 'ceil'), 2);
}

export function lowerShare({ bounds, allowedShare }: RatioEvidence): string {
  return beside(bounds.lower, allowedShare, (share, digits) => percent(share, digits, 'floor'), 2);
}

export function upperRate({ bounds, minPerSecond }: RateEvidence): string {
  return beside(bounds.upper, minPerSecond, (rate, digits) => significant(rate, digits, 'ceil'));
}

export function lowerRate({ bounds, minPerSecond }: RateEvidence): string {
  return beside(bounds.lower, minPerSecond, (rate, digits) => significant(rate, digits, 'floor'));
}

/** The side of the bound that the verdict rests on, beside the limit: `≤ 0.11 % of 5 %`. Both sides where it is not decided. */
export function boundWords({ decision, evidence }: VerdictRow): string {
  if (decision === 'invalid') return '–';
  if (evidence?.kind === 'ratio') {
    const upper = upperShare(evidence);
    const lower = lowerShare(evidence);
    const bound =
      decision === 'pass'
        ? `≤ ${upper}`
        : decision === 'fail'
          ? `≥ ${lower}`
          : `${lower} to ${upper}`;
    return `${bound} of ${allowed(evidence)}`;
  }
  if (evidence?.kind === 'rate') {
    const [lower, upper] = [lowerRate(evidence), upperRate(evidence)];
    return decision === 'pass'
      ? `≥ ${lower}/s`
      : decision === 'fail'
        ? `≤ ${upper}/s`
        : `${lower} to ${upper}/s`;
  }
  return '–';
}

/** The same where there is room: `at most 0.11 % at 99 % confidence; 5 % allowed`. */
export function boundSentence({ decision, evidence }: VerdictRow): string {
  if (decision === 'invalid') return 'none: the measurement is not valid';
  if (evidence?.kind === 'ratio') {
    const [lower, upper] = [lowerShare(evidence), upperShare(evidence)];
    const may = `${allowed(evidence)} allowed`;
    if (decision === 'pass')
      return `at most ${upper} at ${confidence(evidence.alpha.pass)} confidence; ${may}`;
    if (decision === 'fail')
      return `at least ${lower} at ${confidence(evidence.alpha.fail)} confidence; ${may}`;
    return `between ${lower} and ${upper}; ${may}`;
  }
  if (evidence?.kind === 'rate') {
    const [lower, upper] = [lowerRate(evidence), upperRate(evidence)];
    const must = `${asked(evidence)} asked`;
    if (decision === 'pass')
      return `at least ${lower}/s at ${confidence(evidence.alpha.pass)} confidence; ${must}`;
    if (decision === 'fail')
      return `at most ${upper}/s at ${confidence(evidence.alpha.fail)} confidence; ${must}`;
    return `between ${lower} and ${upper}/s; ${must}`;
  }
  return evidence === undefined ? '–' : 'no error bound';
}

/** The figures of a scenario in a sentence: what a chart says to those who do not see it. */
export function scenarioWords(summary: ScenarioSummary): string {
  const failed = failures(summary.counts.judged);
  return `${count(summary.judged, 'judged request')}, ${integer(failed)} failed; ${quantileWords(summary, [0.5, 0.95, 0.99])}`;
}

/** `p50 12 ms, p99 failed`. */
export function quantileWords({ latency }: ScenarioSummary, quantiles: readonly number[]): string {
  return quantiles
    .map((quantile) => `${quantileName(quantile)} ${orFailed(latency.quantileMs(quantile))}`)
    .join(', ');
}

/** A latency; null where requests failed. */
export function orFailed(ms: number | null): string {
  return ms === null ? 'failed' : milliseconds(ms);
}
