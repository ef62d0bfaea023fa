import { describe, expect, test } from 'vitest';
import { live, p95, planned, record, replay, samples, unique } from './samples.testing.ts';

describe('the cache', () => {
  const misses = { indicator: 'cache-misses', scenario: 'unique', maxShare: 0.2 } as const;
  const of = record({
    scenario: { ...unique, payloads: { kind: 'repeated', distinct: 200, ttlSeconds: 3600 } },
  });
  const repeated = (hit: (index: number) => boolean | undefined) =>
    samples(
      18_300,
      () => 5,
      (index) => {
        const cacheHit = hit(index);
        return { payload: index % 200, ...(cacheHit === undefined ? {} : { cacheHit }) };
      },
    );

  test('hits among bodies answered before pass; the warm-up fills the cache', () => {
    const [verdict] = replay(
      repeated((index) => index >= 200),
      planned(misses),
      of,
    );
    expect(verdict).toMatchObject({ decision: 'pass', evidence: { bad: 0 } });
  });

  test('where no answer says anything of a cache, nobody can tell hits from misses', () => {
    const [verdict] = replay(
      repeated(() => undefined),
      planned(misses),
      of,
    );
    expect(verdict).toMatchObject({ decision: 'inconclusive', reason: { code: 'no-cache-sign' } });
    expect(verdict).not.toHaveProperty('evidence');
  });

  test('one word of a cache, though in the warm-up, and all silence after it is a miss', () => {
    const [verdict] = replay(
      repeated((index) => (index === 0 ? false : undefined)),
      planned(misses),
      of,
    );
    expect(verdict).toMatchObject({ decision: 'fail', reason: { code: 'outage' } });
  });

  test('misses after the time to live are not held against it', () => {
    const short = record({
      scenario: { ...unique, payloads: { kind: 'repeated', distinct: 200, ttlSeconds: 0.1 } },
    });
    const [verdict] = replay(
      repeated(() => false),
      planned(misses),
      short,
    );
    expect(verdict).toMatchObject({
      decision: 'inconclusive',
      reason: { code: 'nothing-counted', judged: 18_000 },
    });
  });

  test('a miss that was sent late counts against a pass and not for a fail', () => {
    const late = repeated(() => false).map((one) => ({
      ...one,
      start: one.start + 200,
      end: one.end + 200,
    }));
    const [verdict] = replay(late, planned(misses), of);
    expect(verdict).toMatchObject({
      decision: 'invalid',
      evidence: { certainlyBad: 0, bad: expect.toSatisfy((bad: number) => bad > 17_000) },
    });
  });
});

describe('throughput', () => {
  const objective = { indicator: 'throughput', scenario: 'unique', minPerSecond: 100 } as const;
  const closed = record({
    scenario: { ...unique, arrivals: { shape: 'closed', concurrency: 10 }, durationSeconds: 60 },
    stop: 'documented-duration',
  });

  test('is judged at the end of a documented duration, and says what a closed model hides', () => {
    const { verdicts, why } = live(
      samples(18_300, () => 30),
      planned(objective),
      closed,
    );
    expect(why).toBeUndefined();
    expect(verdicts[0]).toMatchObject({
      decision: 'pass',
      stop: 'documented-duration',
      evidence: {
        kind: 'rate',
        blocks: 16,
        perSecond: expect.closeTo(300, 0),
        caveats: [{ code: 'closed-model', clients: 10 }, {}, {}],
      },
    });
    const [interrupted] = replay(
      samples(18_300, () => 30),
      planned(objective),
      { ...closed, stop: 'interrupted' },
    );
    expect(interrupted?.decision).toBe('inconclusive');
  });

  test('a closed minute whose answers take longer than a second can pass', () => {
    // Ten clients, each answered after 1.5 s: 6.7 a second.
    const slow = samples(406, () => 1500).map((one) => {
      const start = Math.floor(one.index / 10) * 1500 + (one.index % 10);
      return {
        ...one,
        phase: start < 1000 ? ('warmup' as const) : ('judged' as const),
        intendedStart: start,
        start,
        end: start + 1500,
      };
    });
    const [rate, latency] = replay(
      slow,
      planned({ ...objective, minPerSecond: 4 }, { ...p95, limitMs: 2000, quantile: 0.9 }),
      closed,
    );
    expect([rate?.decision, latency?.decision]).toEqual(['pass', 'pass']);
  });

  test('wrong answers are no throughput', () => {
    const [verdict] = replay(
      samples(
        18_300,
        () => 30,
        () => ({ outcome: 'malformed' }),
      ),
      planned(objective),
      closed,
    );
    expect(verdict).toMatchObject({ decision: 'fail', evidence: { good: 0 } });
  });
});

describe('a documented number of requests', () => {
  const of = (requests: number) => record({ scenario: { ...unique, requests } });

  test('that is over before the minimum time is repeated until then, and the verdict says so', () => {
    const { why, verdicts } = live(
      samples(18_300, () => 20),
      planned(p95),
      of(3000),
      { stops: true },
    );
    expect(why).toBe('decided');
    expect(verdicts[0]).toMatchObject({
      decision: 'pass',
      evidence: { caveats: [{ code: 'requests-repeated', documented: 3000 }, {}, {}] },
    });
  });

  test('is waited for, and without it nothing passes', () => {
    const { why, stoppedAt } = live(
      samples(18_300, () => 20),
      planned(p95),
      of(12_000),
    );
    expect([why, Math.round((stoppedAt ?? 0) / 1000)]).toEqual(['decided', 41]);
    const [verdict] = replay(
      samples(18_300, () => 20),
      planned(p95),
      of(20_000),
    );
    expect(verdict).toMatchObject({
      decision: 'inconclusive',
      reason: { code: 'cut-short', of: 'requests' },
    });
  });
});
