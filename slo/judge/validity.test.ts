import { describe, expect, test } from 'vitest';
import type { Objective, Scenario } from '../profile.ts';
import type { Sample } from '../sample.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import {
  decisions,
  down,
  four,
  live,
  p95,
  p99,
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
const throughput = { indicator: 'throughput', scenario: 'unique', minPerSecond: 100 } as const;
const healthy = samples(18_300, () => 20);
const failing = samples(18_300, () => 300);
const withClient = (changes: object) =>
  record({
    client: {
      exitCode: 0,
      signal: null,
      dropped: 0,
      clockJumpMs: 0,
      loopLagP99Ms: 5,
      stoodStillMs: 0,
      ...changes,
    },
  });
const killed = (): ScenarioRecord => {
  const { client: _, endedAt: __, stop: ___, ...rest } = record();
  return rest;
};

describe('what our own client did wrong', () => {
  test.each([
    ['dropped arrivals', withClient({ dropped: 1 }), { code: 'dropped', requests: 1 }],
    ['a clock jump', withClient({ clockJumpMs: -3000 }), { code: 'clock-jump', ms: -3000 }],
    ['starvation', withClient({ loopLagP99Ms: 800 }), { code: 'starved', loopLagP99Ms: 800 }],
    [
      'a broken generator',
      withClient({ exitCode: 107 }),
      { code: 'generator-exit', exitCode: 107 },
    ],
    [
      'a killed generator',
      withClient({ exitCode: null, signal: 'SIGKILL' }),
      { code: 'generator-signal', signal: 'SIGKILL' },
    ],
    [
      'a reported failure',
      record({ stop: 'client-failed', failure: 'no space left' }),
      { code: 'generator-failed', detail: 'no space left' },
    ],
  ])('%s vetoes a pass', (_, of, fault) => {
    const [verdict] = replay(healthy, planned(p95), of);
    expect(verdict).toMatchObject({
      decision: 'invalid',
      reason: { code: 'client-fault', faults: [fault] },
    });
  });

  test('a limit of our own machine voids everything, a fail too: what got through is what the limit let through', () => {
    const some = (stream: Sample[], every: number) =>
      stream.map((one) =>
        one.index % every === every - 1
          ? { ...one, outcome: 'local' as const, limit: 'ports' as const, status: 0 }
          : one,
      );
    for (const [stream, every] of [
      [healthy, 2],
      [healthy, 9000],
      [failing, 2],
      [failing, 9000],
      [healthy.map((one) => ({ ...one, outcome: 'http' as const, status: 503 })), 100],
    ] as const) {
      const judged = some(stream, every).filter(
        ({ phase, outcome }) => phase === 'judged' && outcome === 'local',
      ).length;
      for (const verdict of replay(some(stream, every), [...all, ...planned(throughput)])) {
        expect(verdict).toMatchObject({
          decision: 'invalid',
          reason: {
            code: 'client-fault',
            faults: [{ code: 'local-limit', limit: 'ports', requests: judged }],
          },
        });
      }
    }
  });

  test('a machine at its limit before anything is answered is no service that never answered', () => {
    const none = samples(
      1800,
      () => 1,
      () => ({ outcome: 'local', limit: 'names', status: 0 }),
    );
    const [verdict] = replay(none, planned(p95), record({ stop: 'client-limit' }));
    expect(verdict).toMatchObject({
      decision: 'invalid',
      reason: { faults: [{ code: 'local-limit', limit: 'names' }] },
    });
  });

  test('a limit that only the warm-up met is none of the judged time', () => {
    const warm = healthy.map((one) =>
      one.index < 20 ? { ...one, outcome: 'local' as const, limit: 'ports' as const } : one,
    );
    expect(decisions(replay(warm, planned(p95)))).toEqual(['pass']);
  });

  test('load ends at once at a limit of our own machine', () => {
    const stream = samples(
      18_300,
      () => 20,
      (index) => (index === 900 ? { outcome: 'local', limit: 'memory', status: 0 } : {}),
    );
    const { why, stoppedAt, verdicts } = live(stream, planned(p95), record(), { stops: true });
    expect([why, verdicts[0]?.decision]).toEqual(['client-limit', 'invalid']);
    expect(stoppedAt).toBeLessThan(4000);
  });

  test.each([
    [700, 'invalid'],
    [500, 'pass'],
  ])(
    'a client that stood still for %d ms of 60 s and waits for its answers: %s',
    (stoodStillMs, decision) => {
      const closed: Scenario = { ...unique, arrivals: { shape: 'closed', concurrency: 6 } };
      const of = (scenario: Scenario) => ({ ...withClient({ stoodStillMs }), scenario });
      for (const objective of [p95, wrong, throughput]) {
        expect(decisions(replay(healthy, planned(objective), of(closed)))).toEqual([decision]);
        // Arrivals at set times are late then, and are counted as that.
        expect(decisions(replay(healthy, planned(objective), of(unique)))).toEqual(['pass']);
      }
      expect(decisions(replay(failing, planned(p95), of(closed)))).toEqual(['fail']);
    },
  );

  test('requests that were sent once more, their connection broken, count against a pass and not for a fail', () => {
    const resent = (every: number, how: 'closed' | 'broken') =>
      healthy.map((one) => (one.index % every === 0 ? { ...one, resent: how } : one));
    const verdict = (every: number, how: 'closed' | 'broken', objective: Objective) =>
      replay(resent(every, how), planned(objective))[0];
    for (const objective of [p95, down]) {
      expect(verdict(10, 'closed', objective)?.decision).toBe('pass');
      expect(verdict(10, 'broken', objective)).toMatchObject({
        decision: 'inconclusive',
        evidence: {
          certainlyBad: 0,
          caveats: expect.arrayContaining([{ code: 'resent', requests: 1800 }]),
        },
      });
    }
    expect(verdict(10, 'broken', wrong)?.decision).toBe('pass');
  });

  test('ending the generator early, because all is decided, is no fault', () => {
    const of = { ...withClient({ exitCode: 105 }), stop: 'decided' as const };
    expect(decisions(replay(healthy, planned(p95), of))).toEqual(['pass']);
  });

  test('late arrivals veto a pass and make no fail, for every kind of objective', () => {
    const late = healthy.map((one) => ({ ...one, start: one.start + 300, end: one.end + 300 }));
    for (const objective of [p95, p99, wrong, throughput]) {
      const [verdict] = replay(late, planned(objective));
      expect(verdict).toMatchObject({
        decision: 'invalid',
        reason: { faults: [{ code: 'late', requests: 18_000, of: 18_000 }] },
      });
    }
  });

  describe('answers that our own client was late to see, stopped or starved as it was', () => {
    const closed: Scenario = { ...unique, arrivals: { shape: 'closed', concurrency: 6 } };
    const seenLate = (every: number, ms: number, by: number) =>
      samples(
        18_300,
        (index) => (index % every === 0 ? ms : 20),
        (index) => (index % every === 0 ? { seenLate: by } : {}),
      );
    const judged = 18_000;

    const rows = [
      ['one in ten, half a second', seenLate(10, 520, 500), 10],
      ['every one, far beyond the limit', seenLate(1, 3000, 2990), 1],
      ['one in fifty', seenLate(50, 700, 650), 50],
    ] as const;
    const clientFault = (late: number) => ({
      decision: 'invalid',
      reason: { code: 'client-fault', faults: [{ code: 'late', requests: late, of: judged }] },
    });

    test.each(rows)(
      '%s: no latency passes or fails, in an open and in a closed model',
      (_, stream, every) => {
        for (const scenario of [unique, closed])
          for (const objective of [p95, p99])
            expect(replay(stream, planned(objective), record({ scenario }))).toMatchObject([
              clientFault(judged / every),
            ]);
      },
    );

    test.each([...rows, ['every second one, and all good', seenLate(2, 60, 55), 2] as const])(
      '%s: where clients wait for their answers, nothing else is decided either: they asked for less',
      (_, stream, every) => {
        for (const objective of [p95, p99, wrong, throughput])
          expect(replay(stream, planned(objective), record({ scenario: closed }))).toMatchObject([
            clientFault(judged / every),
          ]);
      },
    );

    test('hinder nothing where the load was as planned and the whole latency was good', () => {
      for (const objective of [p95, p99, wrong, throughput])
        expect(decisions(replay(seenLate(2, 60, 55), planned(objective)))).toEqual(['pass']);
    });

    test('fail nothing where a time-out is what was seen late', () => {
      const stream = seenLate(10, 2500, 2400).map((one) =>
        one.seenLate === undefined ? one : { ...one, outcome: 'timeout' as const, status: 0 },
      );
      for (const objective of [p95, p99, down])
        expect(decisions(replay(stream, planned(objective)))).toEqual(['invalid']);
    });

    test.each([
      ['far late', 600, 590],
      ['a little late, each of them', 60, 40],
    ])('lower no throughput (%s): clients that wait for themselves ask for less', (_, ms, by) => {
      const third = samples(
        18_300,
        () => ms,
        () => ({ seenLate: by }),
      ).filter(({ index }) => index < 300 || index % 3 === 0);
      const of = (minPerSecond: number) =>
        replay(
          third.map((one, index) => ({ ...one, index })),
          planned({ ...throughput, minPerSecond }),
          record({ scenario: closed }),
        )[0];
      expect(of(150)?.decision).toBe('invalid');
      // Even with all that they may have had to wait for themselves, there would not be so many.
      expect(of(20_000)).toMatchObject({ decision: 'fail' });
    });

    test('fail where they were too slow all the same', () => {
      for (const objective of [p95, p99])
        expect(decisions(replay(seenLate(5, 900, 100), planned(objective)))).toEqual(['fail']);
    });

    test('hinder nothing where they are few', () => {
      expect(decisions(replay(seenLate(500, 220, 200), planned(p95)))).toEqual(['pass']);
    });
  });

  test('lateness that eats up most of a small limit fails nothing', () => {
    const late = samples(18_300, () => 13).map((one) => ({ ...one, start: one.start + 9 }));
    const [verdict] = replay(late, planned({ ...p95, limitMs: 12 }));
    expect(verdict).toMatchObject({ decision: 'invalid', evidence: { certainlyBad: 0 } });
  });

  test('a request that is too slow even from when it was really sent is bad for certain', () => {
    const late = samples(18_300, () => 600).map((one) => ({ ...one, start: one.start + 300 }));
    expect(decisions(replay(late, planned(p95)))).toEqual(['fail']);
  });

  test('a fail stands if it holds with every dropped arrival counted good, and not otherwise', () => {
    expect(decisions(replay(failing, planned(p95), withClient({ dropped: 100 })))).toEqual([
      'fail',
    ]);
    const [verdict] = replay(failing, planned(p95), withClient({ dropped: 1_000_000 }));
    expect(verdict).toMatchObject({
      decision: 'invalid',
      reason: { code: 'dropped-may-be-good', requests: 1_000_000 },
    });
    const few = samples(18_300, (index) => (scattered(index, 14) ? 300 : 20));
    expect(decisions(replay(few, planned(p95)))).toEqual(['fail']);
    expect(decisions(replay(few, planned(p95), withClient({ dropped: 9000 })))).toEqual([
      'invalid',
    ]);
  });

  test('after a clock jump neither a pass nor a fail stands', () => {
    const answering = samples(
      18_300,
      () => 20,
      () => ({ outcome: 'http', status: 503 }),
    );
    for (const stream of [healthy, failing, answering]) {
      expect(
        new Set(
          decisions(
            replay(stream, [...all, ...planned(throughput)], withClient({ clockJumpMs: 150 })),
          ),
        ),
      ).toEqual(new Set(['invalid']));
    }
  });

  test('a killed run does not pass: nobody knows how our own client fared; it can fail', () => {
    expect(replay(healthy, planned(p95), killed())[0]).toMatchObject({
      decision: 'inconclusive',
      reason: { code: 'client-unknown' },
    });
    expect(decisions(replay(failing, planned(p95), killed()))).toEqual(['fail']);
  });
});

describe('times that cannot be', () => {
  const shifted = (from: number, ms: number) =>
    healthy.map((one) =>
      one.index < from
        ? one
        : {
            ...one,
            intendedStart: one.intendedStart + ms,
            start: one.start + ms,
            end: one.end + ms,
          },
    );
  const everywhere = (changes: (one: Sample) => Partial<Sample>) =>
    healthy.map((one) => ({ ...one, ...changes(one) }));

  test.each<[string, Sample[]]>([
    ['requests that end before they start', everywhere((one) => ({ end: one.start - 5 }))],
    [
      'one request that ends before it starts',
      everywhere((one) => (one.index === 9000 ? { end: one.start - 5 } : {})),
    ],
    [
      'requests that are sent long before they are due',
      everywhere((one) => ({ start: one.start - 50, end: one.end - 50 })),
    ],
    ['starts that run backwards', shifted(9000, -20_000)],
    [
      'a start in the far past',
      everywhere((one) =>
        one.index === 9000 ? { intendedStart: -1e9, start: -1e9, end: -1e9 } : {},
      ),
    ],
    ['a jump of the clock in the middle', shifted(9000, 25_000)],
    ['a jump at the first second, as from a clock that was set', shifted(400, 25_000)],
    [
      'a start in the far future',
      everywhere((one) =>
        one.index === 9000 ? { intendedStart: 1e12, start: 1e12, end: 1e12 } : {},
      ),
    ],
  ])('%s: nothing passes and nothing fails', (_, stream) => {
    const verdicts = replay(stream, [...all, ...planned(throughput)]);
    expect(new Set(decisions(verdicts))).toEqual(new Set(['invalid']));
    for (const { reason } of verdicts) expect(reason.code).toBe('client-fault');
  });

  test.each([
    ['a budget', { plannedMs: 600_000, stop: 'budget' as const }],
    [
      'a documented duration',
      {
        plannedMs: 3_600_000,
        stop: 'documented-duration' as const,
        scenario: { ...unique, durationSeconds: 3600 },
      },
    ],
  ])('a recording whose end is missing proves nothing of %s', (_, changes) => {
    for (const verdict of replay(
      healthy,
      [...all, ...planned({ ...throughput, minPerSecond: 250 })],
      record(changes),
    ))
      expect(verdict).toMatchObject({
        decision: 'invalid',
        reason: { code: 'client-fault', faults: [{ code: 'gap' }] },
      });
  });

  test('requests of the warm-up among judged ones cannot hide what they did', () => {
    const hidden = samples(
      18_300,
      (index) => (index % 10 === 0 ? 900 : 20),
      (index) => (index % 10 === 0 ? { phase: 'warmup' } : {}),
    );
    expect(replay(hidden, planned(p95))[0]).toMatchObject({
      decision: 'invalid',
      reason: { faults: [{ code: 'impossible-times' }] },
    });
  });

  test('a minimum time of nothing is one all the same', () => {
    expect(decisions(replay(healthy, planned(p95), record({ minTimeMs: 0 })))).toEqual(['pass']);
  });

  test('a pause of an open schedule is our client’s; in a closed model it is the service’s', () => {
    const paused = shifted(9000, 10_000);
    expect(replay(paused, planned(p95))[0]).toMatchObject({
      decision: 'invalid',
      reason: { faults: [{ code: 'gap', ms: expect.closeTo(10_003, 0) }] },
    });
    const closed = record({
      scenario: { ...unique, arrivals: { shape: 'closed', concurrency: 10 } },
    });
    expect(replay(paused, planned(p95), closed)[0]?.decision).toBe('pass');
  });
});

describe('a service that does not answer', () => {
  const refuse = (from: number) =>
    samples(
      18_300,
      () => 1,
      (index) => (index >= from ? { outcome: 'refused', status: 0 } : {}),
    );

  test('from the start is invalid; one that answered and stopped has failed', () => {
    const [never] = replay(refuse(0), planned(down));
    expect(never).toMatchObject({
      decision: 'invalid',
      reason: { code: 'never-answered', requests: 18_300, refused: 18_300 },
    });
    expect(decisions(replay(refuse(300), all))).toEqual(['fail', 'fail', 'inconclusive', 'fail']);
    expect(decisions(replay(refuse(6000), planned(down)))).toEqual(['fail']);
  });

  test('that only ever leaves requests open never answered either', () => {
    const open = samples(
      18_300,
      () => 20,
      () => ({ outcome: 'cut', status: 0 }),
    ).map((one) => ({ ...one, end: 61_000 }));
    for (const { decision, reason } of replay(
      open,
      [...planned(p95), ...planned(throughput)],
      record({ stop: 'interrupted' }),
    ))
      expect([decision, reason.code]).toEqual(['invalid', 'never-answered']);
  });

  test('no longer, when the load is stopped, has no throughput either, whatever is still open', () => {
    const hanging = samples(
      18_300,
      () => 20,
      (index) => (index > 9000 ? { outcome: 'cut', status: 0 } : {}),
    ).map((one) => (one.index > 9000 ? { ...one, end: 61_000 } : one));
    const [verdict] = replay(
      hanging,
      planned({ ...throughput, minPerSecond: 280 }),
      record({ stop: 'interrupted' }),
    );
    expect(verdict?.decision).not.toBe('pass');
    expect(verdict?.evidence).toMatchObject({
      judgedMs: expect.closeTo(60_000, -2),
      perSecond: expect.closeTo(149.8, 0),
    });
  });

  test('dead from second 30 on, it has failed by three minutes, whatever was promised', () => {
    const objectives = planned({ ...p95, quantile: 0.5 }, { ...p95, quantile: 0.9 }, p99, down);
    const stream = samples(
      300 * 181,
      () => 20,
      (index) => (index >= 300 * 31 ? { outcome: 'refused', status: 0 } : {}),
    );
    const of = record({ plannedMs: 180_000, minTimeMs: 60_000 });
    expect(decisions(replay(stream, objectives, of))).toEqual(['fail', 'fail', 'fail', 'fail']);
  });
});

describe('almost no samples', () => {
  test.each<[string, Sample[], Partial<ScenarioRecord>, string[]]>([
    ['an empty run', [], {}, ['invalid', 'nothing-judged']],
    [
      'an empty run that was interrupted',
      [],
      { stop: 'interrupted' },
      ['inconclusive', 'nothing-judged'],
    ],
    ['a scenario that was not driven', [], { stop: 'not-started' }, ['inconclusive', 'not-driven']],
    ['warm-up alone', samples(300, () => 20), {}, ['invalid', 'nothing-judged']],
    ['a generator that failed before', [], { stop: 'client-failed' }, ['invalid', 'client-fault']],
    [
      'one request of a whole minute',
      [sample(0, 20, { phase: 'judged' })],
      {},
      ['invalid', 'client-fault'],
    ],
    [
      'one bad request before it was interrupted',
      [sample(0, 900, { phase: 'judged' })],
      { stop: 'interrupted' },
      ['inconclusive', 'not-enough'],
    ],
    [
      'one request that was cut',
      [sample(0, 20, { phase: 'judged', outcome: 'cut', status: 0 })],
      { stop: 'interrupted' },
      ['inconclusive', 'nothing-judged'],
    ],
  ])('%s', (_, stream, changes, expected) => {
    const [verdict] = replay(stream, planned(p95), record(changes));
    expect([verdict?.decision, verdict?.reason.code]).toEqual(expected);
  });

  test('a budget that cannot decide is named with what it takes', () => {
    const of = record({ stop: 'not-started', plannedMs: 10_000 });
    expect(replay([], planned(down), of)[0]).toMatchObject({
      decision: 'inconclusive',
      reason: { code: 'budget-too-small', budgetMs: 10_000, neededMs: 33_407 },
    });
  });
});
