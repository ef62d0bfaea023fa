import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../sample.ts';
import { Order } from './order.ts';
import {
  asCompleted,
  decisions,
  four,
  live,
  p95,
  planned,
  record,
  replay,
  sample,
  samples,
  scattered,
  unique,
  wrong,
} from './samples.testing.ts';

const all = four();

/** Latencies that cross the limits now and then, with now and then one that never ends in time. */
const mixed = fc
  .array(fc.constantFrom(5, 20, 90, 210, 600, 1999), { minLength: 40, maxLength: 40 })
  .map((pattern) =>
    samples(
      18_300,
      (index) => pattern[(index * 31 + Math.floor(index / 97)) % pattern.length] ?? 20,
    ),
  );

/** Streams around the limit of p95, in spells of some length, so that all decisions occur. */
const aroundTheLimit = fc
  .record({
    every: fc.constantFrom(2, 8, 15, 20, 25, 60, 400),
    spell: fc.constantFrom(1, 30, 300, 1500),
    seed: fc.nat(1000),
  })
  .map(({ every, spell, seed }) =>
    samples(18_300, (index) => (scattered(Math.floor(index / spell) + seed, every) ? 300 : 20)),
  );

/** The stream with one request more, at the time of another. */
function withOneMore(stream: readonly Sample[], at: number, latency: number): Sample[] {
  const before = stream[at];
  if (before === undefined) throw new Error(`there is no sample ${at}`);
  const more: Sample = { ...before, end: before.intendedStart + latency, requestId: 'more' };
  return [...stream.slice(0, at), more, ...stream.slice(at)].map((one, index) => ({
    ...one,
    index,
  }));
}

describe('order', () => {
  test('verdicts do not depend on the order in which requests end, nor on samples that come twice', () => {
    fc.assert(
      fc.property(mixed, fc.integer(), (stream, seed) => {
        const shuffled = stream.toSorted(
          (a, b) => ((a.index * 7919 + seed) % 10_007) - ((b.index * 7919 + seed) % 10_007),
        );
        expect(replay(shuffled, all)).toEqual(replay(stream, all));
        expect(replay(asCompleted(stream), all)).toEqual(replay(stream, all));
        const twice = [
          ...stream,
          ...stream.slice(100, 110).map((one) => ({ ...one, end: one.end + 500 })),
        ];
        expect(decisions(replay(twice, all))).toEqual(decisions(replay(stream, all)));
      }),
      { numRuns: 10 },
    );
  });

  test('what was decided while load flowed, until it stopped for that, is what the file gives', () => {
    const stopsAtOnce = record({ minTimeMs: 10_000 });
    fc.assert(
      fc.property(
        fc.oneof(mixed, aroundTheLimit),
        fc.integer({ min: 0, max: 900 }),
        (stream, reportMs) => {
          const { verdicts, why, recorded } = live(stream, all, stopsAtOnce, {
            reportMs,
            stops: true,
          });
          const of = why === undefined ? stopsAtOnce : { ...stopsAtOnce, stop: why };
          expect(verdicts).toEqual(replay(asCompleted(recorded), all, of));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('one good request more never turns a pass into a fail, one bad request more never a fail into a pass', () => {
    fc.assert(
      fc.property(aroundTheLimit, fc.integer({ min: 301, max: 17_900 }), (stream, at) => {
        const decide = (of: readonly Sample[]) => replay(of, planned(p95))[0]?.decision;
        const before = decide(stream);
        if (before === 'pass') expect(decide(withOneMore(stream, at, 20))).not.toBe('fail');
        if (before === 'fail') expect(decide(withOneMore(stream, at, 300))).not.toBe('pass');
      }),
      { numRuns: 60 },
    );
  });

  test('more bad requests never make a verdict better', () => {
    const rank = { pass: 0, inconclusive: 1, invalid: 1, fail: 2 };
    const stream = (every: number) =>
      samples(18_300, (index) => (scattered(index, every) ? 300 : 20));
    const rankOf = (every: number) =>
      rank[replay(stream(every), planned(p95))[0]?.decision ?? 'invalid'];
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 400 }),
        fc.integer({ min: 2, max: 400 }),
        (one, other) => {
          expect(rankOf(Math.min(one, other))).toBeGreaterThanOrEqual(rankOf(Math.max(one, other)));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a request that was cut before it could be known ends the count; one open for longer than the limit is bad', () => {
    const cutAt = 40_000;
    const stream = samples(12_000, (index) => (index === 11_000 ? 5000 : 20)).map(
      (one): Sample => (one.index === 11_000 ? { ...one, end: cutAt, outcome: 'cut' } : one),
    );
    const strict = planned({ ...p95, quantile: 0.9999 }, { ...wrong, maxShare: 0.0001 });
    const [latency, wrongAnswers] = replay(stream, strict, record({ stop: 'interrupted' }));
    expect(latency?.evidence).toMatchObject({ n: 11_700, bad: 1 });
    // It had no answer, so there was none that could be wrong.
    expect(wrongAnswers?.evidence).toMatchObject({ n: 11_699, bad: 0 });
    const early = stream.map(
      (one): Sample => (one.index === 11_000 ? { ...one, end: one.start + 100 } : one),
    );
    const [unknown] = replay(early, strict, record({ stop: 'interrupted' }));
    expect(unknown?.evidence).toMatchObject({ n: 10_700, bad: 0 });
  });
});

describe('a lost index', () => {
  test('stops the count there and is told', () => {
    const broken = samples(9600, () => 20).filter(({ index }) => index !== 9000);
    const { client: _, endedAt: __, stop: ___, ...killed } = record({ minTimeMs: 60_000 });
    const [verdict] = replay(broken, planned(p95), killed);
    expect(verdict).toMatchObject({
      decision: 'inconclusive',
      stop: 'interrupted',
      evidence: { n: 8700 },
    });
    expect(verdict?.evidence).toHaveProperty('caveats.0', {
      code: 'broken-off',
      missing: 1,
      waiting: 599,
    });
  });

  test('at the very beginning leaves nothing to judge, and that is what is said', () => {
    const [verdict] = replay(samples(18_300, () => 20).slice(1), planned(p95));
    expect(verdict).toMatchObject({
      decision: 'invalid',
      reason: { code: 'nothing-judged', because: 'missing' },
    });
  });

  test('is not waited for for ever: what comes behind it is counted, not kept', () => {
    const delivered: number[] = [];
    const order = new Order(({ index }) => delivered.push(index));
    const one = sample(0, 20);
    for (let index = 0; index < 600_000; index += 1) if (index !== 10) order.end({ ...one, index });
    expect([delivered.length, order.missing, order.waiting]).toEqual([10, 1, 599_989]);
    // What comes too late changes nothing any more: what was behind it is gone, so it stays missing.
    order.end({ ...one, index: 10 });
    expect([delivered.length, order.missing, order.waiting]).toEqual([10, 1, 599_989]);
  });

  test('is waited for as long as so many requests can be open at once', () => {
    let delivered = 0;
    const order = new Order(() => (delivered += 1), 300_000);
    const one = sample(0, 20);
    for (let index = 1; index < 500_000; index += 1) order.end({ ...one, index });
    expect([delivered, order.missing]).toEqual([0, 1]);
    order.end(one);
    expect([delivered, order.missing]).toEqual([500_000, 0]);
  });

  test('that comes after what waited for it was given up leaves a verdict of what was before, and says so', () => {
    const slow = { ...unique, arrivals: { shape: 'constant', perSecond: 5000 } } as const;
    const of = record({ scenario: slow, plannedMs: 66_000, minTimeMs: 60_000, timeoutMs: 2000 });
    const failing = { ...wrong, maxShare: 0.05 };
    const stream = Array.from({ length: 335_000 }, (_, index): Sample => {
      const start = index / 5;
      const bad = index > 100_000;
      return {
        ...sample(index, 0),
        phase: index < 5000 ? 'warmup' : 'judged',
        intendedStart: start,
        start,
        end: start + 20,
        ...(bad ? { outcome: 'http', status: 500 } : {}),
      };
    });
    const late = [
      ...stream.filter(({ index }) => index !== 10_000),
      ...stream.slice(10_000, 10_001),
    ];
    const [verdict] = replay(late, planned(failing), of);
    expect(verdict).toMatchObject({
      decision: 'inconclusive',
      evidence: { n: 5000, caveats: [{ code: 'broken-off', missing: 1 }, {}, {}] },
    });
  });
});
