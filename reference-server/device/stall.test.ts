import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finishTime, type Stall, stallEnd } from './stall.ts';

const stalls = fc
  .record({
    ms: fc.integer({ min: 1, max: 500 }),
    gap: fc.integer({ min: 1, max: 500 }),
    firstAt: fc.integer({ min: 0, max: 1_000 }),
  })
  .map(({ ms, gap, firstAt }): Stall => ({ ms, everyMs: ms + gap, firstAt }));

/** Milliseconds of stall in [from, to), counted one by one. */
function stalledBetween(stall: Stall, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1)
    if (at >= stall.firstAt && (at - stall.firstAt) % stall.everyMs < stall.ms) count += 1;
  return count;
}

test('work takes its own time plus every stall it meets', () => {
  fc.assert(
    fc.property(
      stalls,
      fc.integer({ min: 0, max: 3_000 }),
      fc.integer({ min: 1, max: 3_000 }),
      (stall, start, work) => {
        const end = finishTime(stall, start, work);
        expect(end - start - stalledBetween(stall, start, end)).toBe(work);
      },
    ),
  );
});

test('nothing ends inside a stall, and without one nothing is delayed', () => {
  fc.assert(
    fc.property(
      stalls,
      fc.integer({ min: 0, max: 3_000 }),
      fc.integer({ min: 1, max: 3_000 }),
      (stall, start, work) => {
        const end = finishTime(stall, start, work);
        expect(stalledBetween(stall, end - 1, end)).toBe(0);
        expect(finishTime(undefined, start, work)).toBe(start + work);
        expect(stallEnd(undefined, start)).toBe(start);
      },
    ),
  );
});

test.each<[string, Stall]>([
  ['shorter than the clock can tell', { ms: 1e-13, everyMs: 0.3, firstAt: 5_000.1 }],
  ['next to never between stalls', { ms: 1_000, everyMs: 1_000 + 1e-9, firstAt: 0 }],
  ['all but zero', { ms: 1e-300, everyMs: 1e-299, firstAt: 0 }],
  ['all but endless', { ms: 1e300, everyMs: 1e305, firstAt: 0 }],
])('work under a stall that is %s has an end', (_what, stall) => {
  expect(finishTime(stall, 10_000.7, 8)).toBeGreaterThanOrEqual(10_008.7);
});
