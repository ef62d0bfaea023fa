import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Objective } from '../profile.ts';
import type { Sample } from '../sample.ts';
import { asCompleted, down, live, p95, p99, planned, record, replay, sample, samples, unique, wrong } from './samples.testing.ts';
import { createScenarioJudge } from './scenario.ts';

const all = planned(p95, p99, wrong, down);
const decisions = (verdicts: { decision: string }[]) => verdicts.map(({ decision }) => decision);
const scattered = (index: number, every: number) => (index * 2_654_435_761) % 4_294_967_296 < 4_294_967_296 / every;

describe('what is decided', () => {
  test('a healthy target passes everything within a minute, with its numbers', () => {
    const [first, ...others] = replay(
      samples(18_000, (index) => 20 + (index % 7)),
      all,
    );
    expect(decisions(others)).toEqual(['pass', 'pass', 'pass']);
    expect(first?.decision).toBe('pass');
    expect(first?.id).toBe('T-SLO-1/latency-p95');
    expect(first?.reason).toMatch(
      /^None of 8,\d{3} requests took 200 ms or longer or failed; at most 5 % may \(upper bound 0\.\d+ % at 99 %\)\.$/,
    );
    expect(first?.evidence).toMatchObject({ kind: 'ratio', bad: 0, guarantee: 'calibrated', allowedShare: 0.05 });
  });

  test('not before the minimum time', () => {
    const { verdicts, decidedAt } = live(
      samples(18_000, () => 20),
      planned(p95),
    );
    expect(decisions(verdicts)).toEqual(['pass']);
    expect(decidedAt).toBeGreaterThanOrEqual(1000 + 0.98 * 30_000);
    expect(decidedAt).toBeLessThan(1000 + 31_500);
  });

  test('every request slow: latency fails, correctness passes', () => {
    expect(
      decisions(
        replay(
          samples(18_000, () => 300),
          all,
        ),
      ),
    ).toEqual(['fail', 'pass', 'pass', 'pass']);
  });

  test('2 % of wrong answers fail the 1 % objective, and count as bad latencies too', () => {
    const verdicts = replay(
      samples(
        18_000,
        () => 20,
        (index) => (scattered(index, 50) ? { outcome: 'http', status: 500 } : {}),
      ),
      all,
    );
    expect(decisions(verdicts)).toEqual(['pass', 'fail', 'fail', 'pass']);
    expect(verdicts[2]?.reason).toMatch(
      /^[12]\.?\d* % of [\d,]+ answers were wrong \(5xx, unexpected 4xx, malformed\); at most 1 % may \(lower bound/,
    );
  });

  test('503 is unavailable, 500 is not', () => {
    const status = (code: number) =>
      samples(
        18_000,
        () => 20,
        (index) => (scattered(index, 50) ? { outcome: 'http', status: code } : {}),
      );
    expect(decisions(replay(status(503), planned(down)))).toEqual(['fail']);
    expect(decisions(replay(status(500), planned(down)))).toEqual(['pass']);
  });

  test('a latency at the limit is bad where the document says below, good where it says at most', () => {
    const at = samples(
      18_000,
      () => 200,
      () => ({}),
    );
    for (const one of at) one.end = one.intendedStart + 200;
    const exact = at.map((one) => ({ ...one, intendedStart: one.index * 4, start: one.index * 4, end: one.index * 4 + 200 }));
    expect(decisions(replay(exact, planned(p95)))).toEqual(['fail']);
    expect(decisions(replay(exact, planned({ ...p95, limitIs: 'at-most' })))).toEqual(['pass']);
  });

  test('a fail needs bad requests in three separate seconds', () => {
    const burst = (index: number) => (index >= 600 && index < 1100 ? 600 : 20);
    const verdicts = replay(samples(2400, burst), planned({ ...p95, quantile: 0.999 }));
    expect(decisions(verdicts)).toEqual(['inconclusive']);
    expect(verdicts[0]?.evidence).toMatchObject({ bad: 500 });
  });
});

describe('order', () => {
  /** Latencies that cross the limits now and then, with now and then one that never ends in time. */
  const mixed = fc
    .array(fc.constantFrom(5, 20, 90, 210, 600, 1999), { minLength: 40, maxLength: 40 })
    .map((pattern) => samples(9000, (index) => pattern[(index * 31 + Math.floor(index / 97)) % pattern.length] ?? 20));

  test('verdicts do not depend on the order in which requests end', () => {
    fc.assert(
      fc.property(mixed, fc.integer(), (stream, seed) => {
        const shuffled = stream.toSorted((a, b) => ((a.index * 7919 + seed) % 10_007) - ((b.index * 7919 + seed) % 10_007));
        expect(replay(shuffled, all)).toEqual(replay(stream, all));
        expect(replay(asCompleted(stream), all)).toEqual(replay(stream, all));
      }),
      { numRuns: 15 },
    );
  });

  test('what was decided live, with start marks and a clock, is what the file gives', () => {
    fc.assert(
      fc.property(mixed, fc.integer({ min: 0, max: 900 }), (stream, reportMs) => {
        expect(live(stream, all, record(), reportMs).verdicts).toEqual(replay(asCompleted(stream), all));
      }),
      { numRuns: 15 },
    );
  });

  test('more bad requests never turn a fail into a pass, nor a pass into more than it was', () => {
    const rank = { pass: 0, inconclusive: 1, invalid: 1, fail: 2 };
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 400 }), fc.integer({ min: 2, max: 400 }), (one, other) => {
        const [few, many] = [Math.max(one, other), Math.min(one, other)];
        const worstOf = (every: number) =>
          replay(
            samples(18_000, (index) => (scattered(index, every) ? 300 : 20)),
            planned(p95),
          )[0]?.decision ?? 'invalid';
        expect(rank[worstOf(many)]).toBeGreaterThanOrEqual(rank[worstOf(few)]);
      }),
      { numRuns: 20 },
    );
  });

  test('a server that hangs fails while its requests are still open, and the file says the same', () => {
    const hung = samples(6000, () => 20);
    const stop = 20_000;
    for (const one of hung) if (one.index >= 1500) Object.assign(one, { end: stop, outcome: 'cut' });
    const started = hung.filter(({ start }) => start < stop);
    const of = record({ stop: 'decided', minTimeMs: 10_000 });
    const { verdicts, decidedAt } = live(started, planned(p95, p99), of);
    expect(decisions(verdicts)).toEqual(['fail', 'fail']);
    expect(decidedAt).toBeLessThan(stop);
    expect(verdicts).toEqual(replay(started, planned(p95, p99), of));
  });

  test('a request that was cut before it could be known ends the count; one open for longer than the limit is bad', () => {
    const cutAt = 40_000;
    const stream = samples(12_000, (index) => (index === 11_000 ? 5000 : 20)).map(
      (one): Sample => (one.index === 11_000 ? { ...one, end: cutAt, outcome: 'cut' } : one),
    );
    const [latency, wrongAnswers] = replay(
      stream,
      planned({ ...p95, quantile: 0.9999 }, { ...wrong, maxShare: 0.0001 }),
      record({ stop: 'interrupted' }),
    );
    expect(latency?.evidence).toMatchObject({ n: 11_700, bad: 1 });
    // It had no answer, so there was none that could be wrong.
    expect(wrongAnswers?.evidence).toMatchObject({ n: 11_699, bad: 0 });
    const early = stream.map((one): Sample => (one.index === 11_000 ? { ...one, end: one.start + 100 } : one));
    const [unknown] = replay(early, planned({ ...p95, quantile: 0.9999 }), record({ stop: 'interrupted' }));
    expect(unknown?.evidence).toMatchObject({ n: 10_700, bad: 0 });
  });

  test('a gap where the recording broke off stops the count there and is told', () => {
    const broken = samples(9600, () => 20).filter(({ index }) => index !== 9000);
    const { client: _, endedAt: __, stop: ___, ...killed } = record();
    const [verdict] = replay(broken, planned({ ...p95, quantile: 0.9999 }), killed);
    expect(verdict).toMatchObject({ decision: 'inconclusive', stop: 'interrupted', evidence: { n: 8700 } });
    expect(verdict?.evidence).toHaveProperty(
      'caveats.0',
      'The recording breaks off: 1 requests have no end, so 599 later ones were not judged.',
    );
  });

  test('a killed run does not pass: nobody knows how our own client fared', () => {
    const { client: _, endedAt: __, stop: ___, ...killed } = record();
    expect(
      replay(
        samples(18_000, () => 20),
        planned(p95),
        killed,
      )[0],
    ).toMatchObject({ decision: 'inconclusive' });
    expect(
      replay(
        samples(18_000, () => 300),
        planned(p95),
        killed,
      )[0],
    ).toMatchObject({ decision: 'fail' });
  });
});

describe('validity', () => {
  const healthy = samples(18_000, () => 20);
  const withClient = (changes: object) =>
    record({ client: { exitCode: 0, signal: null, dropped: 0, clockJumpMs: 0, loopLagP99Ms: 5, ...changes } });

  test.each([
    ['dropped arrivals', withClient({ dropped: 1 }), /1 arrivals were due and never sent/],
    ['a clock jump', withClient({ clockJumpMs: -3000 }), /the clock jumped by -3000 ms/],
    ['starvation', withClient({ loopLagP99Ms: 800 }), /starved/],
    ['a broken generator', withClient({ exitCode: 107 }), /exit code 107/],
    ['a killed generator', withClient({ exitCode: null, signal: 'SIGKILL' }), /ended by SIGKILL/],
    ['a reported failure', record({ stop: 'client-failed', failure: 'no space left' }), /no space left/],
  ])('%s vetoes a pass', (_, of, reason) => {
    const [verdict] = replay(healthy, planned(p95), of);
    expect(verdict).toMatchObject({ decision: 'invalid' });
    expect(verdict?.reason).toMatch(reason);
  });

  test('ending the generator early, because all is decided, is no fault', () => {
    const of = record({ stop: 'decided', client: { exitCode: 105, signal: null, dropped: 0, clockJumpMs: 0, loopLagP99Ms: 5 } });
    expect(decisions(replay(healthy, planned(p95), of))).toEqual(['pass']);
  });

  test('late arrivals veto a pass and make no fail', () => {
    const late = healthy.map((one) => (one.index % 10 === 0 ? { ...one, start: one.start + 300, end: one.end + 300 } : one));
    const [verdict] = replay(late, planned(p95));
    expect(verdict?.decision).toBe('invalid');
    expect(verdict?.reason).toMatch(/10 % of the requests were sent late/);
    expect(verdict?.evidence).toMatchObject({ certainlyBad: 0 });
  });

  test('a fail stands if it holds with every dropped arrival counted good, and not otherwise', () => {
    const failing = samples(18_000, () => 300);
    expect(decisions(replay(failing, planned(p95), withClient({ dropped: 100 })))).toEqual(['fail']);
    expect(decisions(replay(failing, planned(p95), withClient({ dropped: 1_000_000 })))).toEqual(['invalid']);
  });

  test('a target that never answered is invalid; one that answered and stopped has failed', () => {
    const refuse = (from: number) =>
      samples(
        18_000,
        () => 1,
        (index) => (index >= from ? { outcome: 'refused', status: 0 } : {}),
      );
    const [never] = replay(refuse(0), planned(down));
    expect(never).toMatchObject({ decision: 'invalid', reason: 'The target never answered: of 18,000 requests 18,000 refused.' });
    expect(decisions(replay(refuse(300), all))).toEqual(['fail', 'fail', 'inconclusive', 'fail']);
    expect(decisions(replay(refuse(6000), planned(down)))).toEqual(['fail']);
  });

  test('without samples nothing passes', () => {
    expect(decisions(replay([], all))).toEqual(['invalid', 'invalid', 'invalid', 'invalid']);
    expect(replay([], planned(p95), record({ stop: 'interrupted' }))[0]).toMatchObject({
      decision: 'inconclusive',
      stop: 'interrupted',
    });
    expect(replay([], planned(p95), record({ stop: 'not-started' }))[0]).toMatchObject({
      decision: 'inconclusive',
      stop: 'not-started',
    });
    expect(
      replay(
        samples(300, () => 20),
        planned(p95),
      )[0],
    ).toMatchObject({ decision: 'invalid' });
  });

  test('a budget that cannot decide is named with what it takes', () => {
    const of = record({ stop: 'not-started', plannedMs: 10_000 });
    const [verdict] = replay([], planned(down), of);
    expect(verdict).toMatchObject({ decision: 'inconclusive', neededSeconds: 30 });
    expect(verdict?.reason).toBe('The budget of 10 s cannot decide it: it takes at least 30 s of load.');
  });
});

describe('the cache', () => {
  const misses = { indicator: 'cache-misses', scenario: 'unique', maxShare: 0.2 } as const;
  const of = record({ scenario: { ...unique, payloads: { kind: 'repeated', distinct: 200, ttlSeconds: 3600 } } });
  const repeated = (hit: (index: number) => boolean | undefined) =>
    samples(
      18_000,
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

  test('a server that says nothing of a cache has no hits, and the verdict says why', () => {
    const [verdict] = replay(
      repeated(() => undefined),
      planned(misses),
      of,
    );
    expect(verdict?.decision).toBe('fail');
    expect(verdict?.evidence).toHaveProperty('caveats.0', expect.stringContaining('Cache-Status'));
  });

  test('misses after the time to live are not held against it', () => {
    const short = record({ scenario: { ...unique, payloads: { kind: 'repeated', distinct: 200, ttlSeconds: 0.1 } } });
    const [verdict] = replay(
      repeated(() => false),
      planned(misses),
      short,
    );
    expect(verdict).toMatchObject({ decision: 'inconclusive' });
    expect(verdict?.reason).toBe('None of 17,700 requests repeated a body that had been answered before within the TTL.');
  });
});

describe('throughput', () => {
  const objective = { indicator: 'throughput', scenario: 'unique', minPerSecond: 100 } as const;
  const closed = record({
    scenario: { ...unique, arrivals: { shape: 'closed', concurrency: 10 }, durationSeconds: 60 },
    stop: 'documented-duration',
  });

  test('is judged on whole seconds, at the end of a documented duration', () => {
    const { verdicts, decidedAt } = live(
      samples(18_300, () => 30),
      planned(objective),
      closed,
    );
    expect(decidedAt).toBeUndefined();
    expect(verdicts[0]).toMatchObject({
      decision: 'pass',
      stop: 'documented-duration',
      evidence: { kind: 'rate', blocks: 58, perSecond: 300 },
    });
    const [interrupted] = replay(
      samples(18_300, () => 30),
      planned(objective),
      { ...closed, stop: 'interrupted' },
    );
    expect(interrupted?.decision).toBe('inconclusive');
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

test('samples under an index that was taken are ignored and told', () => {
  const twice = [...samples(18_000, () => 20), sample(17_000, 900)];
  expect(replay(twice, planned(p95))[0]?.evidence).toHaveProperty('caveats.0', '1 samples came twice; the first counts.');
});

describe('more load is in sight of a decision', () => {
  const until = (seconds: number, latency: (index: number) => number, ...objectives: Objective[]) => {
    const judge = createScenarioJudge({
      record: record({ plannedMs: 600_000 }),
      objectives: planned(...objectives),
      alphaFail: 0.005,
    });
    for (const one of samples(300 * (1 + seconds), latency)) judge.end(one);
    return judge;
  };
  // For a second every twenty nothing is answered.
  const stalls = (index: number) => Math.max(20, 1000 - (((index * 1000) / 300 + 12_000) % 20_000));

  test.each([60, 75, 90, 200, 350])('after %i s, when stalls are too few yet to fail the quantile that they break', (seconds) => {
    const judge = until(seconds, stalls, p99);
    expect([judge.progress()[0]?.decision, judge.inSight]).toEqual([undefined, true]);
  });

  test('not when the share is at its limit', () => {
    expect(until(61, (index) => (index % 100 === 0 ? 900 : 20), p99).inSight).toBe(false);
  });

  test('not when something failed already: the verdict is known', () => {
    const judge = until(61, stalls, p99, { ...p95, limitMs: 10 });
    expect([judge.progress().map(({ decision }) => decision), judge.inSight]).toEqual([[undefined, 'fail'], false]);
  });

  test('not when all is decided', () => {
    expect(until(61, () => 20, p99).inSight).toBe(false);
  });
});

describe('failures too few to estimate how they come in groups', () => {
  const failing = (...indexes: number[]) => {
    const fails = new Set(indexes);
    const all = samples(
      18_000,
      () => 20,
      (index) => (fails.has(index) ? { outcome: 'http', status: 503 } : {}),
    );
    return replay(all, planned(down))[0];
  };

  test('count once for each that comes alone', () => {
    expect(failing(1000, 2000, 3000, 4000)?.evidence).toMatchObject({ bad: 4, tau: 1 });
  });

  test('count as one when they come at once, so that more load is asked for', () => {
    const alone = failing(5000);
    expect(failing(5000, 5003, 5007, 5010)).toMatchObject({
      decision: 'inconclusive',
      evidence: {
        bad: 4,
        tau: 4,
        caveats: [expect.stringMatching(/^Bad requests: 4, groups of them: 1;/), expect.any(String)],
      },
    });
    expect(alone).toMatchObject({ decision: 'pass', evidence: { bad: 1, tau: 1 } });
  });
});
