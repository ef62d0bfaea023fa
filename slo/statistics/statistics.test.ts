import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { BatchMeans } from './autocorrelation.ts';
import { logBetaIntegral } from './beta.ts';
import { clopperPearson, leastToCertify, lowerBound, upperBound } from './binomial.ts';
import { meanMargin } from './confidence-sequence.ts';
import { shareTest } from './e-value.ts';
import { geyerTau } from './geyer.testing.ts';
import { nextLook } from './looks.ts';

function uniform(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => ((generator.next() >>> 0) + 0.5) / 2 ** 32;
}

describe('Clopper–Pearson', () => {
  test.each([
    [0.1, [44, 127, 681]],
    [0.05, [90, 259, 1372]],
    [0.01, [459, 1307, 6898]],
    [0.001, [4603, 13105, 69058]],
  ])('needs the known number of requests to bound the share at %f with 0, 5 and 50 bad', (share, least) => {
    expect([0, 5, 50].map((bad) => leastToCertify(bad, share, 0.99))).toEqual(least);
  });

  test('is the binomial tail turned round: with none bad the bound is known in closed form', () => {
    expect(upperBound(0, 1000, 0.01)).toBeCloseTo(1 - 0.01 ** (1 / 1000), 12);
    expect(lowerBound(1000, 1000, 0.01)).toBeCloseTo(0.01 ** (1 / 1000), 12);
    expect(clopperPearson(0, 0, 0.99)).toEqual({ lower: 0, upper: 1, confidence: 0.99 });
  });

  test('holds the observed share, and moves up with the bad ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, at) => {
        const bad = Math.floor(at * (n - 1));
        const here = clopperPearson(bad, n, 0.99);
        const next = clopperPearson(bad + 1, n, 0.99);
        expect(here.lower).toBeLessThanOrEqual(bad / n);
        expect(here.upper).toBeGreaterThanOrEqual(bad / n);
        expect(next.lower).toBeGreaterThanOrEqual(here.lower);
        expect(next.upper).toBeGreaterThanOrEqual(here.upper);
      }),
    );
  });
});

describe('the e-value', () => {
  test.each([
    [0.1, 58],
    [0.05, 119],
    [0.01, 608],
    [0.001, 6106],
  ])('certifies a share of %f after the known number of requests without a bad one', (share, n) => {
    const { logEBelow } = shareTest(share);
    expect(logEBelow(0, n)).toBeGreaterThanOrEqual(Math.log(100));
    expect(logEBelow(0, n - 1)).toBeLessThan(Math.log(100));
  });

  test('is a mean of one over what is seen at the limit, in both directions', () => {
    const [share, n] = [0.05, 60];
    const { logEBelow, logEAbove } = shareTest(share);
    let logProbability = n * Math.log1p(-share);
    let [below, above] = [0, 0];
    for (let bad = 0; bad <= n; bad += 1) {
      below += Math.exp(logProbability + logEBelow(bad, n));
      above += Math.exp(logProbability + logEAbove(bad, n));
      logProbability += Math.log((n - bad) / (bad + 1)) + Math.log(share / (1 - share));
    }
    expect(below).toBeCloseTo(1, 9);
    expect(above).toBeCloseTo(1, 9);
  });

  test('falls with every bad request towards a pass and rises towards a fail, up to ten million requests', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.5, 0.1, 0.01, 0.001),
        fc.integer({ min: 10, max: 10_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (share, n, at) => {
          const { logEBelow, logEAbove } = shareTest(share);
          const bad = Math.floor(at * (n - 1));
          const step = Math.max(1, Math.floor(n / 1000));
          for (const value of [logEBelow(bad, n), logEAbove(bad, n)]) expect(value).toSatisfy(Number.isFinite);
          expect(logEBelow(Math.min(n, bad + step), n)).toBeLessThanOrEqual(logEBelow(bad, n) + 1e-6);
          expect(logEAbove(Math.min(n, bad + step), n)).toBeGreaterThanOrEqual(logEAbove(bad, n) - 1e-6);
        },
      ),
    );
  });

  test('the logarithm goes on smoothly where the function itself underflows', () => {
    // With b = 1 the integral is x^a / a.
    for (const a of [10, 100, 1000, 1e5, 1e7])
      expect(logBetaIntegral(0.3, a, 1) / (a * Math.log(0.3) - Math.log(a))).toBeCloseTo(1, 12);
    // Its derivative by a is between ln x and zero, on both sides of the change of method.
    for (let a = 300; a < 900; a += 1) {
      const change = logBetaIntegral(0.1, a + 1, 900) - logBetaIntegral(0.1, a, 900);
      expect(change).toBeLessThan(Math.log(0.1) + Math.log((a + 901) / a));
      expect(change).toBeGreaterThan(-20);
    }
  });
});

describe('batch means', () => {
  const autoregressive = (phi: number, n: number, seed: number) => {
    const random = uniform(seed);
    const values = new Float64Array(n);
    for (let i = 1; i < n; i += 1)
      values[i] = phi * (values[i - 1] ?? 0) + Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    return values;
  };

  test.each([0, 0.5, 0.9, 0.97])('agree with Geyer and with the truth on an autoregressive process of %f', (phi) => {
    const values = autoregressive(phi, 60_000, 42);
    const batches = new BatchMeans(8);
    for (const value of values) batches.add(value);
    const truth = (1 + phi) / (1 - phi);
    const geyer = geyerTau(values);
    expect(geyer / truth).toBeGreaterThan(0.7);
    expect(geyer / truth).toBeLessThan(1.4);
    expect(batches.tau() / geyer).toBeGreaterThan(0.8);
    expect(batches.tau() / geyer).toBeLessThan(2);
  });

  test('are never below one, and one for a constant', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 400 }), (values) => {
        const batches = new BatchMeans(1, 4);
        for (const value of values) batches.add(value);
        expect(batches.tau()).toBeGreaterThanOrEqual(1);
        expect(batches.n).toBe(values.length);
        expect(batches.sum).toBe(values.reduce((sum, value) => sum + value, 0));
        if (new Set(values).size <= 1) expect(batches.tau()).toBe(1);
      }),
    );
  });
});

describe('the confidence sequence of a mean', () => {
  test('narrows with the count, widens with certainty, scales with the deviation', () => {
    expect(meanMargin(60, 1, 0.01, 30)).toBeLessThan(meanMargin(30, 1, 0.01, 30));
    expect(meanMargin(30, 1, 0.001, 30)).toBeGreaterThan(meanMargin(30, 1, 0.01, 30));
    expect(meanMargin(30, 5, 0.01, 30)).toBeCloseTo(5 * meanMargin(30, 1, 0.01, 30), 12);
    expect(meanMargin(0, 1, 0.01, 30)).toBe(Number.POSITIVE_INFINITY);
  });

  test('is crossed in no more than its share of streams, looked at after every value from the tenth', () => {
    const random = uniform(7);
    const streams = 500;
    let crossed = 0;
    for (let stream = 0; stream < streams; stream += 1) {
      let [sum, squares] = [0, 0];
      for (let n = 1; n <= 200; n += 1) {
        const value = random() + random() + random();
        sum += value;
        squares += value * value;
        const mean = sum / n;
        const deviation = Math.sqrt(Math.max(0, (squares - n * mean * mean) / Math.max(1, n - 1)));
        if (n >= 10 && mean - meanMargin(n, deviation, 0.05, 30) > 1.5) {
          crossed += 1;
          break;
        }
      }
    }
    expect(upperBound(crossed, streams, 0.05)).toBeLessThan(0.06);
  });
});

test('looks are at 50, then ever further apart, at most 2 % late', () => {
  expect(nextLook(0)).toBe(50);
  for (let n = 50; n < 1_000_000; n = nextLook(n)) {
    expect(nextLook(n)).toBeGreaterThan(n);
    expect(nextLook(n)).toBeLessThanOrEqual(Math.max(n + 1, n * 1.02));
  }
});
