import { describe, expect, test } from 'vitest';
import type { Objective } from '../profile.ts';
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
  samples,
  scattered,
  unique,
  wrong,
} from './samples.testing.ts';
import { createScenarioJudge } from './scenario.ts';

const all = four();

describe('what is decided', () => {
  test('a healthy service passes everything within a minute, with its figures', () => {
    const [first, ...others] = replay(
      samples(18_300, (index) => 20 + (index % 7)),
      all,
    );
    expect(decisions(others)).toEqual(['pass', 'pass', 'pass']);
    expect(first).toMatchObject({
      id: 'T-SLO-1/latency-p95',
      decision: 'pass',
      reason: { code: 'within-limit' },
      evidence: {
        kind: 'ratio',
        n: 18_000,
        bad: 0,
        judgedMs: 60_000,
        guarantee: 'calibrated',
        allowedShare: 0.05,
      },
    });
    expect(first?.evidence).toHaveProperty('observedMs', expect.closeTo(26, 0));
  });

  test('not before the minimum time, and then at once', () => {
    const { stoppedAt, why, verdicts } = live(
      samples(18_300, () => 20),
      planned(p95, p99, wrong),
      record(),
      { stops: true },
    );
    expect([why, decisions(verdicts)]).toEqual(['decided', ['pass', 'pass', 'pass']]);
    expect(stoppedAt).toBeGreaterThanOrEqual(31_000);
    expect(stoppedAt).toBeLessThan(31_500);
  });

  test('every request slow: latency fails, correctness passes', () => {
    const verdicts = replay(
      samples(18_300, () => 300),
      all,
    );
    expect(decisions(verdicts)).toEqual(['fail', 'pass', 'pass', 'pass']);
    expect(verdicts[0]).toMatchObject({ reason: { code: 'outage' } });
  });

  test('2 % of wrong answers fail the 1 % objective, and count as bad latencies too', () => {
    const verdicts = replay(
      samples(
        18_300,
        () => 20,
        (index) => (scattered(index, 50) ? { outcome: 'http', status: 500 } : {}),
      ),
      all,
    );
    expect(decisions(verdicts)).toEqual(['pass', 'fail', 'fail', 'pass']);
    expect(verdicts[2]).toMatchObject({
      reason: { code: 'beyond-limit' },
      evidence: { bounds: { lower: expect.closeTo(0.0155, 3) } },
    });
  });

  test('503 is unavailable, 500 is not', () => {
    const status = (code: number) =>
      samples(
        18_300,
        () => 20,
        (index) => (scattered(index, 50) ? { outcome: 'http', status: code } : {}),
      );
    expect(decisions(replay(status(503), planned(down)))).toEqual(['fail']);
    expect(decisions(replay(status(500), planned(down)))).toEqual(['pass']);
  });

  test('a latency at the limit is bad where the document says below, good where it says at most', () => {
    const exact = samples(18_300, () => 200).map((one) => ({
      ...one,
      intendedStart: one.index * 4,
      start: one.index * 4,
      end: one.index * 4 + 200,
    }));
    expect(decisions(replay(exact, planned(p95)))).toEqual(['fail']);
    expect(decisions(replay(exact, planned({ ...p95, limitIs: 'at-most' })))).toEqual(['pass']);
    // Also where the difference of two times is not the whole number that it stands for.
    const rounded = samples(18_300, () => 200).map((one) => ({
      ...one,
      intendedStart: one.index / 0.3,
      end: one.index / 0.3 + 200,
    }));
    expect(replay(rounded, planned({ ...p95, limitIs: 'at-most' }))[0]).toMatchObject({
      decision: 'pass',
      evidence: { bad: 0 },
    });
    expect(replay(rounded, planned(p95))[0]).toMatchObject({
      decision: 'fail',
      evidence: { bad: 18_000 },
    });
  });
});

describe('a verdict is about all that was judged', () => {
  /** 300 per second for so long, with 503 for every `every`-th request from a second on. */
  const breaking = (seconds: number, from: number, every: number) =>
    samples(
      300 * (seconds + 1),
      () => 20,
      (index) =>
        index > 300 * (from + 1) && scattered(index, every) ? { outcome: 'http', status: 503 } : {},
    );
  const tenMinutes = record({ plannedMs: 600_000, minTimeMs: 60_000, endedAt: 601_000 });

  test('40 % of 503 from second 35 on fail availability and errors, though nothing was wrong before', () => {
    const verdicts = replay(breaking(120, 35, 2.5), all, { ...tenMinutes, plannedMs: 120_000 });
    expect(decisions(verdicts)).toEqual(['fail', 'fail', 'fail', 'fail']);
  });

  test('a pass that was made is undone by what comes after it while load goes on for another objective', () => {
    const stream = breaking(240, 61, 5);
    const judged = (until: number) =>
      replay(stream.slice(0, 300 * (until + 1)), planned(wrong), {
        ...tenMinutes,
        plannedMs: until * 1000,
      })[0]?.decision;
    expect([judged(60), judged(240)]).toEqual(['pass', 'fail']);
  });

  test('2 % of 503 from second 35 on never pass an availability of 99.9 %', () => {
    const { verdicts } = live(breaking(600, 35, 50), planned(down), tenMinutes, { stops: true });
    expect(decisions(verdicts)).toEqual(['fail']);
  });

  test('five bad seconds at the start are no fail, and pass once they are rare', () => {
    const stream = samples(
      300 * 601,
      () => 20,
      (index) =>
        index >= 300 && index < 1800 && scattered(index, 3) ? { outcome: 'http', status: 500 } : {},
    );
    const { verdicts, stoppedAt = 0 } = live(stream, planned(p95, wrong), tenMinutes, {
      stops: true,
    });
    expect(verdicts.map(({ decision }) => decision)).not.toContain('fail');
    expect(stoppedAt === 0 || stoppedAt > 61_000).toBe(true);
  });

  test('a share that rises towards its limit is no pass, and the verdict says when it changed', () => {
    const rising = samples(
      300 * 61,
      () => 20,
      (index) =>
        index > 300 * 35 && scattered(index, 150) ? { outcome: 'http', status: 500 } : {},
    );
    const [verdict] = replay(rising, planned(wrong), { ...tenMinutes, plannedMs: 60_000 });
    expect(verdict).toMatchObject({ decision: 'inconclusive', reason: { code: 'changed' } });
    expect(verdict?.reason).toHaveProperty('change.atMs', expect.closeTo(34_000, -4));
    expect(verdict?.reason).toHaveProperty('change.before', 0);
  });

  test('a pass that was made does not stand when the share rises steadily from then on', () => {
    const rising = samples(
      300 * 601,
      () => 20,
      (index) =>
        scattered(index, 10 / Math.max(1e-9, (index - 18_300) / 162_000))
          ? { outcome: 'http', status: 500 }
          : {},
    );
    const of = (seconds: number) =>
      replay(rising.slice(0, 300 * (seconds + 1)), planned({ ...wrong, maxShare: 0.1 }), {
        ...tenMinutes,
        plannedMs: seconds * 1000,
      })[0];
    expect(of(60)?.decision).toBe('pass');
    expect(of(600)).toMatchObject({
      decision: 'inconclusive',
      reason: { code: 'changed', change: { before: expect.any(Number) } },
    });
  });

  test('latency that drifts far below its limit passes at the minimum time, with rare errors beside it', () => {
    const drifting = samples(
      300 * 61,
      (index) => 13 + 2 * Math.sin(index / 3000) + index / 6000,
      (index) => (scattered(index, 5000) ? { outcome: 'http', status: 503 } : {}),
    );
    expect(
      decisions(replay(drifting, planned(p95, p99, wrong), { ...tenMinutes, plannedMs: 60_000 })),
    ).toEqual(['pass', 'pass', 'pass']);
  });

  test('a ramp is judged at its end alone', () => {
    const ramp = {
      ...unique,
      arrivals: { shape: 'ramp', fromPerSecond: 290, toPerSecond: 310 },
    } as const;
    const collapse = (index: number) => (index > 300 * 50 ? 900 : 20);
    const of = record({ scenario: ramp, plannedMs: 60_000, minTimeMs: 30_000 });
    const { why, verdicts } = live(samples(300 * 61, collapse), planned(p99), of);
    expect([why, decisions(verdicts)]).toEqual([undefined, ['inconclusive']]);
    expect(
      decisions(
        live(
          samples(300 * 61, () => 20),
          planned(p99),
          of,
        ).verdicts,
      ),
    ).toEqual(['pass']);
  });

  test('a budget below the minimum time can fail, but not pass', () => {
    const of = record({ plannedMs: 45_000, minTimeMs: 60_000 });
    const [slow] = replay(
      samples(300 * 46, () => 300),
      planned(p95),
      of,
    );
    const [fast] = replay(
      samples(300 * 46, () => 20),
      planned(p95),
      of,
    );
    expect(slow?.decision).toBe('fail');
    expect(fast).toMatchObject({
      decision: 'inconclusive',
      reason: { code: 'minimum-time', minTimeMs: 60_000 },
    });
  });
});

describe('time counts, not only requests', () => {
  /** One request each `gapMs`, bad within `[from, to)` seconds. */
  const slowStall = (gapMs: number, from: number, to: number) =>
    samples(
      Math.floor(61_000 / gapMs),
      () => 20,
      (index) => ({ phase: index * gapMs < 1000 ? 'warmup' : 'judged' }),
    ).map((one) => {
      const at = one.index * gapMs;
      const slow = at >= from * 1000 && at < to * 1000 ? Math.max(20, to * 1000 - at) : 20;
      return { ...one, intendedStart: at, start: at, end: at + slow };
    });
  const p90: Objective = { ...p95, quantile: 0.9 };

  test.each([1, 5, 50, 200])('one stall of 2.1 s is no fail with a request each %i ms', (gapMs) => {
    const scenario = {
      ...unique,
      arrivals: { shape: 'constant', perSecond: 1000 / gapMs },
    } as const;
    const of = record({ scenario, minTimeMs: 60_000 });
    const [verdict] = replay(slowStall(gapMs, 10, 12.1), planned(p90), of);
    expect(verdict?.decision).not.toBe('fail');
    expect(verdict?.evidence).toHaveProperty(
      'designEffect.fail',
      expect.toSatisfy((effect: number) => effect > 500 / gapMs),
    );
  });

  test('nothing answered for 20 s from the start ends the load; an answer keeps it', () => {
    const silent = samples(
      300 * 40,
      () => 5,
      () => ({ outcome: 'refused', status: 0 }),
    );
    const { why, stoppedAt, verdicts } = live(silent, planned(down), record(), { stops: true });
    expect([why, stoppedAt]).toEqual(['no-answer', 20_000]);
    expect(verdicts[0]).toMatchObject({
      decision: 'invalid',
      stop: 'no-answer',
      reason: { code: 'never-answered' },
    });
    const once = silent.with(5, { ...(silent[5] ?? fail()), outcome: 'http', status: 500 });
    expect(live(once, planned(down), record({ minTimeMs: 60_000 })).why).toBeUndefined();
  });
});

function fail(): never {
  throw new Error('there is no such sample');
}

test('between two looks, progress says when the next one is and what it would decide', () => {
  const of = record();
  const judge = createScenarioJudge({ record: of, objectives: planned(p95), alphaFail: 0.01 });
  for (const one of samples(300 + 300 * 35, () => 5)) judge.end(one);
  expect(judge.progress()).toMatchObject({
    nextLookMs: 45_000,
    objectives: [{ id: 'T-SLO-1/latency-p95', decision: 'pass' }],
  });
  const early = createScenarioJudge({ record: of, objectives: planned(p95), alphaFail: 0.01 });
  for (const one of samples(300 + 300 * 20, () => 5)) early.end(one);
  expect(early.progress()).toMatchObject({
    nextLookMs: 30_000,
    objectives: [{ decision: undefined, outlook: { towards: 'pass', share: 1, worsens: false } }],
  });
});
