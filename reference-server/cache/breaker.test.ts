import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Breaker, type BreakerState, pauseMs } from './breaker.ts';

const backOff = { firstMs: 100, capMs: 400 };

/** When, what happens (an attempt has a name; `none` is one that may not be made), and the state after it. */
type Step = readonly [
  at: number,
  what: `${'ask' | 'ok' | 'fail'} ${string}` | 'none' | 'wait',
  state: BreakerState,
];

const opened: readonly Step[] = [
  [0, 'ask a', 'closed'],
  [10, 'fail a', 'closed'],
  [20, 'ask b', 'closed'],
  [30, 'fail b', 'closed'],
  [40, 'ask c', 'closed'],
  [50, 'fail c', 'open'],
];

const stories: readonly { name: string; steps: readonly Step[] }[] = [
  {
    name: 'one failure costs nothing else',
    steps: [
      [0, 'ask a', 'closed'],
      [50, 'fail a', 'closed'],
      [50, 'ask b', 'closed'],
      [51, 'ok b', 'closed'],
    ],
  },
  {
    name: 'failures that are not in a row never open it',
    steps: [0, 100, 200, 300, 400, 500].flatMap((at): Step[] => [
      [at, 'ask bad', 'closed'],
      [at + 50, 'fail bad', 'closed'],
      [at + 50, 'ask good', 'closed'],
      [at + 51, 'ok good', 'closed'],
    ]),
  },
  {
    name: 'the third in a row opens it, and nothing is asked until its pause is over',
    steps: [...opened, [51, 'none', 'open'], [149, 'none', 'open'], [150, 'wait', 'half-open']],
  },
  {
    name: 'those under way together are one failure, whichever ends first',
    steps: [
      ...['a', 'b', 'c', 'd', 'e'].map((name, at): Step => [at, `ask ${name}`, 'closed']),
      ...['c', 'a', 'b', 'e', 'd'].map(
        (name, index): Step => [50 + index, `fail ${name}`, 'closed'],
      ),
      [60, 'ask f', 'closed'],
      [61, 'ok f', 'closed'],
    ],
  },
  {
    name: 'a load without a gap opens it after three time-outs, one after the other',
    steps: [
      [0, 'ask a', 'closed'],
      [25, 'ask b', 'closed'],
      [50, 'fail a', 'closed'],
      [50, 'ask c', 'closed'],
      [75, 'fail b', 'closed'],
      [75, 'ask d', 'closed'],
      [100, 'fail c', 'closed'],
      [100, 'ask e', 'closed'],
      [125, 'fail d', 'closed'],
      [150, 'fail e', 'open'],
    ],
  },
  {
    name: 'one trial closes it; meanwhile nothing else is asked',
    steps: [
      ...opened,
      [200, 'ask trial', 'half-open'],
      [201, 'none', 'half-open'],
      [210, 'ok trial', 'closed'],
      [210, 'ask x', 'closed'],
    ],
  },
  {
    name: 'a trial that fails doubles the pause, up to the cap',
    steps: [
      ...opened,
      [150, 'ask trial', 'half-open'],
      [200, 'fail trial', 'open'],
      [399, 'none', 'open'],
      [400, 'ask trial', 'half-open'],
      [450, 'fail trial', 'open'],
      [849, 'none', 'open'],
      [850, 'ask trial', 'half-open'],
      [900, 'fail trial', 'open'],
      [1299, 'none', 'open'],
      [1300, 'ask trial', 'half-open'],
      [1301, 'ok trial', 'closed'],
    ],
  },
  {
    name: 'a success resets everything: it takes three failures again, and the first pause',
    steps: [
      ...opened,
      [150, 'ask trial', 'half-open'],
      [200, 'fail trial', 'open'],
      [400, 'ask trial', 'half-open'],
      [410, 'ok trial', 'closed'],
      ...opened.map(([at, what, state]): Step => [1000 + at, what, state]),
      [1149, 'none', 'open'],
      [1150, 'ask trial', 'half-open'],
    ],
  },
  {
    name: 'one that was begun before it opened, and fails after it, changes nothing',
    steps: [
      [0, 'ask a', 'closed'],
      [10, 'fail a', 'closed'],
      [20, 'ask b', 'closed'],
      [30, 'fail b', 'closed'],
      [40, 'ask c', 'closed'],
      [45, 'ask late', 'closed'],
      [50, 'fail c', 'open'],
      [95, 'fail late', 'open'],
      [149, 'none', 'open'],
      [150, 'ask trial', 'half-open'],
    ],
  },
  {
    name: 'one that was begun before it opened, and succeeds after it, closes it',
    steps: [
      [0, 'ask a', 'closed'],
      [10, 'fail a', 'closed'],
      [20, 'ask b', 'closed'],
      [30, 'fail b', 'closed'],
      [40, 'ask c', 'closed'],
      [45, 'ask late', 'closed'],
      [50, 'fail c', 'open'],
      [60, 'ok late', 'closed'],
    ],
  },
];

describe('stories, with three failures in a row and no jitter', () => {
  test.each(stories)('$name', ({ steps }) => {
    let now = 0;
    const breaker = new Breaker({ failures: 3, backOff, now: () => now, random: () => 0 });
    const attempts = new Map<string, number>();
    for (const [at, what, state] of steps) {
      now = at;
      const [action, name = ''] = what.split(' ');
      const attempt = action === 'ask' || action === 'none' ? breaker.begin() : undefined;
      expect(attempt !== undefined, `${at}: ${what}`).toBe(action === 'ask');
      if (attempt !== undefined) attempts.set(name, attempt);
      if (action === 'ok') breaker.succeeded();
      if (action === 'fail') breaker.failed(attempts.get(name) ?? Number.NaN);
      expect(breaker.state, `${at}: ${what}`).toBe(state);
    }
  });
});

test.each([
  [0, 0, 100],
  [0, 0.5, 75],
  [1, 0, 200],
  [1, 0.999, 100.1],
  [2, 0, 400],
  [3, 0, 400],
  [3, 0.5, 300],
  [5_000, 0, 400],
])('the pause after %i others with a draw of %d is %d ms', (failures, draw, expected) => {
  expect(pauseMs(backOff, failures, () => draw)).toBeCloseTo(expected, 6);
});

describe('whatever comes, and whatever is drawn', () => {
  const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 1,
  });
  const drawing = (values: readonly number[]) => {
    let next = 0;
    return () => values[next++ % values.length] ?? 0;
  };

  const failures = 5;
  const limitMs = 50;
  const settings = { failures, backOff: { firstMs: 250, capMs: 4_000 } };

  /** Lookups arrive, and a service stands still for a while. Returns when those came that found nothing. */
  function lostIn(
    gaps: readonly number[],
    outage: { from: number; to: number },
    random: () => number,
  ): number[] {
    let now = 0;
    const breaker = new Breaker({ ...settings, now: () => now, random });
    const underWay: { endsAt: number; attempt: number; failed: boolean }[] = [];
    const lost: number[] = [];
    let arrival = 0;
    for (const gap of gaps) {
      arrival += gap;
      underWay.sort((a, b) => a.endsAt - b.endsAt);
      while ((underWay[0]?.endsAt ?? Number.POSITIVE_INFINITY) <= arrival) {
        const ended = underWay.shift();
        if (ended === undefined) break;
        now = ended.endsAt;
        if (ended.failed) breaker.failed(ended.attempt);
        else breaker.succeeded();
      }
      now = arrival;
      const attempt = breaker.begin();
      const answersAt = arrival >= outage.from && arrival < outage.to ? outage.to : arrival;
      const failed = answersAt - arrival > limitMs;
      if (attempt !== undefined)
        underWay.push({ attempt, failed, endsAt: failed ? arrival + limitMs : answersAt + 1 });
      if (attempt === undefined || failed) lost.push(arrival);
    }
    return lost;
  }

  const gaps = fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 60, maxLength: 120 });
  const outages = fc.record({
    from: fc.integer({ min: 0, max: 3_000 }),
    lasts: fc.integer({ min: 0, max: 15_000 }),
  });

  test('nothing is lost before the trouble, nor later after it than the cap and one time limit', () => {
    fc.assert(
      fc.property(gaps, outages, draws, (apart, { from, lasts }, values) => {
        const to = from + lasts;
        for (const at of lostIn(apart, { from, to }, drawing(values))) {
          expect(at).toBeGreaterThanOrEqual(from);
          expect(at).toBeLessThanOrEqual(to + settings.backOff.capMs + limitMs);
        }
      }),
    );
  });

  test('a pause that is shorter than so many time limits is over when it is over', () => {
    const short = fc.integer({ min: 0, max: failures * limitMs });
    fc.assert(
      fc.property(gaps, short, draws, (apart, lasts, values) => {
        for (const at of lostIn(apart, { from: 1_000, to: 1_000 + lasts }, drawing(values))) {
          expect(at).toBeLessThan(1_000 + lasts);
        }
      }),
    );
  });

  test('it opens only on so many failures since the last success, and then lets one through at a time', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 1_000 }),
      begins: fc.boolean(),
      ends: fc.option(fc.nat({ max: 3 })),
      fails: fc.nat({ max: 9 }).map((draw) => draw > 0),
    });
    const steps = fc.array(step, { minLength: 40, maxLength: 100 });
    fc.assert(
      fc.property(steps, draws, (taken, values) => {
        let now = 0;
        const breaker = new Breaker({ ...settings, now: () => now, random: drawing(values) });
        let failedInARow = 0;
        let trials = 0;
        const underWay: { attempt: number; trial: boolean }[] = [];
        for (const { afterMs, begins, ends, fails } of taken) {
          now += afterMs;
          const trial = breaker.state === 'half-open';
          const attempt = begins ? breaker.begin() : undefined;
          if (attempt !== undefined) underWay.push({ attempt, trial });
          if (attempt !== undefined && trial) trials += 1;
          expect(trials).toBeLessThanOrEqual(1);
          const [ended] = ends === null ? [] : underWay.splice(ends, 1);
          if (ended === undefined) continue;
          failedInARow = fails ? failedInARow + 1 : 0;
          if (fails) breaker.failed(ended.attempt);
          else breaker.succeeded();
          if (ended.trial || !fails) trials = 0;
          if (failedInARow < failures) expect(breaker.state).toBe('closed');
        }
      }),
    );
  });
});
