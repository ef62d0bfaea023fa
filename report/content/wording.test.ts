import { expect, test } from 'vitest';
import type { Objective } from '../../slo/profile.ts';
import type { Evidence } from '../../slo/verdict.ts';
import { spaced } from './format.ts';
import { failing, failures, fast, latency, more, rate, row, throughput } from './rows.testing.ts';
import { boundWords, seenWords } from './wording.ts';

test('what was seen stands in its own unit beside its limit, never rounded onto it', () => {
  const seen = (objective: Objective, evidence: Evidence) =>
    spaced(seenWords(row(objective, evidence, more(), 'pass')));
  expect(seen(latency, fast)).toBe('p95 16.3 ms of 200 ms');
  expect(seen(latency, { ...fast, observedMs: 200.04 })).toBe('p95 200.04 ms of 200 ms');
  expect(seen(latency, { ...fast, observedMs: null })).toBe('p95 failed, limit 200 ms');
  expect(seen(failures, { ...failing, bad: 0 })).toBe('0 of 8,963 failed');
  expect(seen(failures, failing)).toBe('12 of 8,963 failed (0.134 % of 1 %)');
  expect(seen(throughput, rate)).toBe('112 good answers/s, more than 100 asked');
});

test('a bound is rounded away from what it bounds', () => {
  const bound = (upper: number) =>
    spaced(boundWords(row(failures, { ...failing, bounds: { lower: 0, upper } }, more(), 'pass')));
  expect(bound(0.000831)).toBe('≤ 0.084 % of 1 %');
  expect(bound(0.00998)).toBe('≤ 0.998 % of 1 %');
});
