import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sample } from '../../slo/sample.ts';
import { LatencyHistogram } from '../../slo/statistics/latency-histogram.ts';
import { fixture } from '../fixture.testing.ts';
import { failures, maxBuckets, summarise } from './summarise.ts';

const { run } = fixture('pass');
const [unique] = run.scenarios;
if (unique === undefined) throw new Error('the fixture has a scenario');

function sample(index: number, over: Partial<Sample> = {}): Sample {
  const intendedStart = unique?.startedAt ?? 0;
  return {
    index,
    scenario: unique?.name ?? '',
    phase: 'judged',
    intendedStart,
    start: intendedStart,
    end: intendedStart + 10,
    outcome: 'ok',
    status: 200,
    bytes: 0,
    requestId: '',
    route: 'main',
    ...over,
  };
}

async function* stream(samples: Iterable<Sample>): AsyncGenerator<Sample> {
  yield* samples;
}

async function first(samples: Iterable<Sample>) {
  const [summary] = await summarise(run, stream(samples));
  if (summary === undefined) throw new Error('no summary');
  return summary;
}

test('counts by phase and outcome are those of the samples', async () => {
  const { samples } = fixture('fail');
  const expected = new Map<string, number>();
  for await (const { scenario, phase, outcome } of samples()) {
    const key = `${scenario} ${phase} ${outcome}`;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  const seen = new Map<string, number>();
  for (const { name, counts } of await summarise(fixture('fail').run, samples())) {
    for (const phase of ['warmup', 'judged'] as const) {
      for (const [outcome, count] of Object.entries(counts[phase]))
        if (count > 0) seen.set(`${name} ${phase} ${outcome}`, count);
    }
  }
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(expected));
});

test('a failed request counts as slower than any answer, a cut one not at all', async () => {
  const summary = await first([
    ...Array.from({ length: 98 }, (_, index) => sample(index)),
    sample(98, { outcome: 'timeout', status: 0 }),
    sample(99, { outcome: 'http', status: 500 }),
    sample(100, { outcome: 'cut', status: 0 }),
  ]);
  expect(summary.latency.total).toBe(100);
  expect(summary.latency.quantileMs(0.98)).toBeCloseTo(10, 1);
  expect(summary.latency.quantileMs(0.99)).toBeNull();
  expect(failures(summary.counts.judged)).toBe(2);
  expect(summary.endings).toEqual([
    { outcome: 'ok', status: 200, requests: 98 },
    { outcome: 'cut', status: 0, requests: 1 },
    { outcome: 'http', status: 500, requests: 1 },
    { outcome: 'timeout', status: 0, requests: 1 },
  ]);
});

test('percentiles are those of the sorted latencies, to the histogram’s resolution', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), {
        minLength: 1,
        maxLength: 200,
      }),
      fc.nat(20),
      fc.constantFrom(0.5, 0.9, 0.95, 0.99),
      (latencies, failed, quantile) => {
        const histogram = new LatencyHistogram(3);
        for (const ms of latencies) histogram.record(ms);
        for (let at = 0; at < failed; at += 1) histogram.recordFailure();
        const rank = Math.max(1, Math.ceil(quantile * (latencies.length + failed) - 1e-9));
        const expected = [...latencies].sort((a, b) => a - b)[rank - 1];
        const seen = histogram.quantileMs(quantile);
        if (expected === undefined) expect(seen).toBeNull();
        else
          expect(Math.abs((seen ?? Number.NaN) - expected)).toBeLessThanOrEqual(
            0.002 * expected + 0.001,
          );
      },
    ),
  );
});

test('the points over time stay bounded and lose nothing, in whatever order samples come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(5_000_000), { minLength: 1, maxLength: 60 }),
      async (offsets) => {
        const samples = offsets.map((offset, index) => {
          const intendedStart = unique.startedAt + offset;
          return sample(index, { intendedStart, start: intendedStart, end: intendedStart + 5 });
        });
        const forwards = await first(samples);
        const backwards = await first([...samples].reverse());
        expect(forwards.buckets.length).toBeLessThanOrEqual(maxBuckets);
        expect(forwards.buckets.reduce((sum, { requests }) => sum + requests, 0)).toBe(
          samples.length,
        );
        const shape = ({ widthMs, buckets }: typeof forwards) => [
          widthMs,
          buckets.map(({ atMs, requests, latency }) => [atMs, requests, latency.total]),
        ];
        expect(shape(forwards)).toEqual(shape(backwards));
      },
    ),
    { numRuns: 40 },
  );
});

test('a server that names a new replica, version and status per request does not fill memory', async () => {
  const summary = await first(
    Array.from({ length: 5_000 }, (_, index) =>
      sample(index, {
        replica: `replica-${index}`,
        modelVersion: `v${index}`,
        status: 100 + index,
      }),
    ),
  );
  expect(summary.replicas.length).toBeLessThan(50);
  expect(summary.modelVersions.size).toBeLessThan(50);
  expect(summary.endings.length).toBeLessThanOrEqual(1000);
  expect(summary.replicas.reduce((sum, { requests }) => sum + requests, 0)).toBe(5_000);
});

test('a scenario without samples is summarised as empty', async () => {
  const summary = await first([]);
  expect(summary).toMatchObject({
    name: unique.name,
    judged: 0,
    buckets: [],
    replicas: [],
    judgedFromMs: null,
  });
  expect(summary.latency.quantileMs(0.5)).toBeNull();
});

test('times of the client’s lateness and of the judged load are kept', async () => {
  const at = unique.startedAt + 5_000;
  const summary = await first([
    sample(0, { phase: 'warmup' }),
    sample(1, { intendedStart: at, start: at + 40, end: at + 50 }),
  ]);
  expect(summary.judgedFromMs).toBe(5_000);
  expect(summary.lateness.maxMs).toBeCloseTo(40, 0);
});
