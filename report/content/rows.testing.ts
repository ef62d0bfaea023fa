import type { Objective } from '../../slo/profile.ts';
import type { Reason } from '../../slo/reason.ts';
import type { Evidence, RateEvidence, RatioEvidence } from '../../slo/verdict.ts';
import type { VerdictRow } from './rows.ts';

export const latency: Objective = {
  indicator: 'latency',
  scenario: 'main',
  quantile: 0.95,
  limitMs: 200,
  limitIs: 'below',
};
export const failures: Objective = { indicator: 'failures', scenario: 'main', maxShare: 0.01 };
export const throughput: Objective = {
  indicator: 'throughput',
  scenario: 'main',
  minPerSecond: 100,
};
const both = {
  chance: { pass: 1e-9, fail: 1 },
  level: { pass: 0.00125, fail: 0.00025 },
  alpha: { pass: 0.01, fail: 0.002 },
};

export const fast: RatioEvidence = {
  kind: 'ratio',
  judgedMs: 60_000,
  blocks: 16,
  guarantee: 'calibrated',
  caveats: [],
  ...both,
  n: 18_000,
  bad: 0,
  certainlyBad: 0,
  allowedShare: 0.05,
  observedMs: 16.3,
  bounds: { lower: 0, upper: 0.00083 },
  designEffect: { pass: 1, fail: 1 },
  effective: { pass: 12_000, fail: 12_000 },
};
export const slow: RatioEvidence = {
  ...fast,
  bad: 1_440,
  certainlyBad: 1_400,
  observedMs: 576,
  bounds: { lower: 0.062, upper: 0.11 },
};
export const stalled: RatioEvidence = { ...slow, bounds: { lower: 0.02, upper: 0.22 } };
const few: RatioEvidence = {
  ...fast,
  n: 8_963,
  bad: 12,
  certainlyBad: 12,
  allowedShare: 0.01,
  bounds: { lower: 0, upper: 0.0123 },
};
export const rate: RateEvidence = {
  kind: 'rate',
  judgedMs: 60_000,
  blocks: 16,
  guarantee: 'calibrated',
  caveats: [],
  ...both,
  good: 6_720,
  perSecond: 112,
  minPerSecond: 100,
  bounds: { lower: 107.36, upper: 116.24 },
};
const { observedMs: _, ...withoutPercentile } = few;
export const failing: RatioEvidence = withoutPercentile;

export function row(
  objective: Objective,
  evidence: Evidence | undefined,
  reason: Reason,
  decision: VerdictRow['decision'],
): VerdictRow {
  return { id: 'X-1', decision, reason, objective, evidence };
}

export const more = (neededMs?: number): Reason => ({
  code: 'not-enough',
  interrupted: false,
  ...(neededMs === undefined ? {} : { neededMs }),
});
