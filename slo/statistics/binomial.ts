import betaincinv from '@stdlib/math-base-special-betaincinv';

export interface Interval {
  lower: number;
  upper: number;
  /** Probability with which the interval covers the true share, both sides together. */
  confidence: number;
}

/**
 * Exact two-sided interval of a share from `bad` of `n` (Clopper and Pearson, Biometrika 26(4), 1934). Both may be fractions
 * (effective counts). It holds for an `n` that was fixed beforehand.
 */
export function clopperPearson(bad: number, n: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return { lower: lowerBound(bad, n, tail), upper: upperBound(bad, n, tail), confidence };
}

/** Largest share under which `bad` or fewer of `n` still have probability `tail`. */
export function upperBound(bad: number, n: number, tail: number): number {
  if (n <= 0 || bad >= n) return 1;
  return betaincinv(tail, bad + 1, n - bad, true);
}

/** Smallest share under which `bad` or more of `n` still have probability `tail`. */
export function lowerBound(bad: number, n: number, tail: number): number {
  if (n <= 0 || bad <= 0) return 0;
  return betaincinv(tail, bad, n - bad + 1);
}

/** Least `n`, fixed beforehand, at which `bad` bad ones still bound the share at `share` with the given one-sided confidence. */
export function leastToCertify(bad: number, share: number, confidence: number): number {
  let low = bad;
  let high = Math.max(2 * bad, 1);
  while (upperBound(bad, high, 1 - confidence) > share) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (upperBound(bad, middle, 1 - confidence) > share) low = middle;
    else high = middle;
  }
  return high;
}
