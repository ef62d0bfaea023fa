import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import {
  clopperPearson,
  lowerBound,
  probabilityOfAtLeast,
  probabilityOfAtMost,
  upperBound,
} from './binomial.ts';
import { designEffect, deviationOfMeans } from './design-effect.ts';
import { exceededWith, probabilityAbove } from './students-t.ts';
import { mostBlocks, TimeBlocks } from './time-blocks.ts';
import { changePoint, trendOf } from './trend.ts';

function uniform(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => ((generator.next() >>> 0) + 0.5) / 2 ** 32;
}

describe('the binomial', () => {
  // Least n at which so many bad ones bound the share at 99 %, as published for MLPerf's early stopping.
  test.each([
    [0.1, [44, 127, 681]],
    [0.05, [90, 259, 1372]],
    [0.01, [459, 1307, 6898]],
    [0.001, [4603, 13105, 69058]],
  ])(
    'needs the known number of requests to bound the share at %f with 0, 5 and 50 bad',
    (share, least) => {
      [0, 5, 50].forEach((bad, at) => {
        const n = least[at] ?? 0;
        expect(upperBound(bad, n, 0.01)).toBeLessThanOrEqual(share);
        expect(upperBound(bad, n - 1, 0.01)).toBeGreaterThan(share);
      });
    },
  );

  test('is known in closed form with none bad, and with all', () => {
    expect(upperBound(0, 1000, 0.01)).toBeCloseTo(1 - 0.01 ** (1 / 1000), 12);
    expect(lowerBound(1000, 1000, 0.01)).toBeCloseTo(0.01 ** (1 / 1000), 12);
    expect(clopperPearson(0, 0, 0.99)).toEqual({ lower: 0, upper: 1, confidence: 0.99 });
    expect(probabilityOfAtMost(0, 100, 0.01)).toBeCloseTo(0.99 ** 100, 12);
    expect(probabilityOfAtLeast(100, 100, 0.9)).toBeCloseTo(0.9 ** 100, 12);
    expect([
      probabilityOfAtMost(5, 5, 0.1),
      probabilityOfAtLeast(0, 5, 0.1),
      probabilityOfAtMost(0, 0, 0.1),
    ]).toEqual([1, 1, 1]);
  });

  test('sums to one around any count, and its bounds are its tails turned round', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(0.5, 0.1, 0.01, 0.001),
        (n, at, share) => {
          const bad = Math.floor(at * (n - 1));
          expect(
            probabilityOfAtMost(bad, n, share) + probabilityOfAtLeast(bad + 1, n, share),
          ).toBeCloseTo(1, 9);
          const upper = upperBound(bad, n, 0.01);
          if (upper > 1e-9 && upper < 1)
            expect(probabilityOfAtMost(bad, n, upper) / 0.01).toBeCloseTo(1, 4);
          const lower = lowerBound(bad, n, 0.01);
          if (lower > 1e-9) expect(probabilityOfAtLeast(bad, n, lower) / 0.01).toBeCloseTo(1, 4);
        },
      ),
    );
  });
});

describe('Student’s t', () => {
  // Tables: 2.2281 is exceeded with 2.5 % at 10 degrees, 63.657 with 0.5 % at 1, 2.0423 with 2.5 % at 30.
  test.each([
    [2.2281, 10, 0.025],
    [63.657, 1, 0.005],
    [2.0423, 30, 0.025],
    [0, 7, 0.5],
  ])('%f at %i degrees is exceeded with probability %f', (t, degrees, tail) => {
    expect(probabilityAbove(t, degrees)).toBeCloseTo(tail, 4);
    expect(probabilityAbove(-t, degrees)).toBeCloseTo(1 - tail, 4);
    expect(exceededWith(tail, degrees)).toBeCloseTo(t, 2);
  });

  test('has its limits', () => {
    expect(probabilityAbove(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(probabilityAbove(Number.NEGATIVE_INFINITY, 3)).toBe(1);
  });
});

describe('the design effect', () => {
  test('is about one for independent values and the length of a clump for clumped ones', () => {
    const random = uniform(3);
    const effects = Array.from({ length: 400 }, () => {
      const sums = Array.from(
        { length: 24 },
        () => Array.from({ length: 200 }, () => (random() < 0.1 ? 1 : 0)).filter(Boolean).length,
      );
      const mean = sums.reduce((sum, value) => sum + value, 0) / 4800;
      return designEffect(
        sums.map(() => 200),
        sums,
        mean,
        mean * (1 - mean),
      );
    });
    expect(effects.reduce((sum, value) => sum + value, 0) / effects.length).toBeCloseTo(1, 1);
    // All bad or all good in each of 24 blocks of 200.
    const blocks = Array.from({ length: 24 }, (_, at) => (at % 4 === 0 ? 200 : 0));
    expect(
      designEffect(
        blocks.map(() => 200),
        blocks,
        0.25,
        0.25 * 0.75,
      ),
    ).toBeCloseTo((200 * 24) / 23, 9);
  });

  test('says nothing where nothing varies or there is one cluster only', () => {
    expect(designEffect([10, 10], [0, 0], 0, 0)).toBe(1);
    expect(designEffect([10], [5], 0.5, 0.25)).toBe(1);
    expect(designEffect([0, 0], [0, 0], 0, 1)).toBe(1);
  });

  test('deviations of means leave empty clusters out', () => {
    expect(deviationOfMeans([10, 10, 0], [10, 30, 0], 2)).toBeCloseTo(Math.sqrt(2), 9);
    expect(deviationOfMeans([10], [10], 1)).toBe(0);
  });
});

describe('blocks of time', () => {
  test('keep every sum, whatever the times, and join two by two when they are full', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { maxLength: 200 }),
        (times) => {
          const blocks = new TimeBlocks(2, 100);
          for (const at of times.toSorted((a, b) => a - b)) blocks.add(blocks.blockAt(at), 1, at);
          const count = blocks.blockAt(Math.max(0, ...times)) + 1;
          expect(count).toBeLessThanOrEqual(mostBlocks);
          const sums = blocks.sums(1, count, 1);
          expect(sums).toHaveLength(count);
          sums.forEach((sum, block) => {
            const own = times.filter((at) => Math.floor(at / blocks.widthMs) === block);
            expect(sum).toBeCloseTo(
              own.reduce((total, at) => total + at, 0),
              6,
            );
          });
          expect(blocks.sums(1, count, 2).reduce((total, value) => total + value, 0)).toBeCloseTo(
            times.reduce((total, at) => total + at, 0),
            5,
          );
          expect(blocks.sums(0, count, 1).every((value) => value === 0)).toBe(true);
        },
      ),
    );
  });

  test('hold between half and all of them', () => {
    const blocks = new TimeBlocks(1, 3750);
    expect(
      [59_999, 119_999, 120_000, 599_999].map((at) => [blocks.blockAt(at) + 1, blocks.widthMs]),
    ).toEqual([
      [16, 3750],
      [32, 3750],
      [17, 7500],
      [20, 30_000],
    ]);
  });
});

describe('a trend', () => {
  test('is the line that least squares give, and how sure it is', () => {
    expect(trendOf([1, 2, 3, 4])).toEqual({ slope: 1, significance: Number.POSITIVE_INFINITY });
    expect(trendOf([2, 2, 2])).toEqual({ slope: 0, significance: 0 });
    expect(trendOf([1, 5])).toEqual({ slope: 0, significance: 0 });
    // Slope 0.9, residual sum of squares 0.45, so its standard error is √(0.45 / 2 / 5).
    const { slope, significance } = trendOf([1, 2.5, 2.5, 4]);
    expect(slope).toBeCloseTo(0.9, 12);
    expect(significance).toBeCloseTo(0.9 / Math.sqrt(0.45 / 2 / 5), 6);
  });

  test('a change is found where it was', () => {
    expect(changePoint([0, 0, 0, 5, 5])).toBe(3);
    expect(changePoint([0, 1, 0, 1, 0, 9])).toBe(5);
    expect(changePoint([1, 1, 1])).toBe(0);
  });
});
