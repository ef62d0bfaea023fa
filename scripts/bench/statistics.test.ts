import { describe, expect, test } from 'vitest';
import { upperBound } from '../../slo/statistics/binomial.ts';
import { type Job, type Outcome, runJob } from './statistics-cells.ts';

/** A tiny version of the table in `docs/statistics.md`, with fixed seeds: α = 1 % each way. */
const base = { from: 0, to: 40, seconds: 67, alphaFail: 0.01 } satisfies Partial<Job>;
const count = (outcomes: readonly Outcome[], decision: string) => outcomes.filter((one) => one.decision === decision).length;

describe('the production judge on simulated streams', { timeout: 120_000 }, () => {
  test.each([
    ['independent requests', { kind: 'independent' }, [0.5, 0.05, 0.01]],
    ['a queue at 70 % load', { kind: 'mm1', load: 0.7 }, [0.5, 0.05, 0.01]],
    ['stalls every second', { kind: 'on-off', cycleSeconds: 1 }, [0.05]],
    ['single failures', { kind: 'failures', meanRun: 1 }, [0.001]],
  ] as const)('exactly at the limit decides almost nothing: %s', (_, source, allowed) => {
    const outcomes = runJob({ ...base, source, allowed, conditions: ['limit'] });
    expect(outcomes).toHaveLength(40 * allowed.length);
    expect(count(outcomes, 'pass')).toBeLessThanOrEqual(1);
    expect(count(outcomes, 'fail')).toBeLessThanOrEqual(1);
    // The bound that 40 streams with at most one error give: far above 1 %, but below most of what naive methods come to.
    expect(upperBound(count(outcomes, 'pass'), outcomes.length, 0.05)).toBeLessThan(0.12);
  });

  test('a healthy service passes and one with twice the allowed share fails', () => {
    const outcomes = runJob({
      ...base,
      to: 20,
      source: { kind: 'independent' },
      allowed: [0.05, 0.01],
      conditions: ['tenth', 'twice'],
    });
    expect(outcomes.filter(({ condition }) => condition === 'tenth').every(({ decision }) => decision === 'pass')).toBe(true);
    expect(outcomes.filter(({ condition }) => condition === 'twice').every(({ decision }) => decision === 'fail')).toBe(true);
  });

  test('a server that stalls for a second every twenty never passes its p99', () => {
    const source = { kind: 'stalling', replicas: 3, cycleSeconds: 20, rhythm: 'periodic' } as const;
    const outcomes = runJob({ ...base, to: 40, source, allowed: [0.01], conditions: ['limit'] });
    expect(count(outcomes, 'pass')).toBe(0);
  });
});
