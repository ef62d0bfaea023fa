import betainc from '@stdlib/math-base-special-betainc';
import betaincinv from '@stdlib/math-base-special-betaincinv';

interface Interval {
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

/** Probability that a binomial of `n` draws, each bad with probability `share`, has `bad` or fewer bad ones. Fractions as above. */
export function probabilityOfAtMost(bad: number, n: number, share: number): number {
  if (n <= 0 || bad >= n) return 1;
  return betainc(1 - share, n - bad, bad + 1);
}

/** Probability of `bad` or more bad ones. */
export function probabilityOfAtLeast(bad: number, n: number, share: number): number {
  if (n <= 0 || bad <= 0) return 1;
  return betainc(share, bad, n - bad + 1);
}
