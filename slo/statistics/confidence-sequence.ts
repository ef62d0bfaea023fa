/**
 * Half-width of a one-sided asymptotic confidence sequence of a mean: with probability 1 − α the mean of the stream is never
 * further than this from the running mean, on that side, at any count (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Annals of
 * Statistics 52(6), 2024, the one-sided boundary).
 *
 * @param n how many (effective) values were seen
 * @param deviation their standard deviation, in the unit of the result
 * @param alpha error probability of the one side
 * @param tightAt the count at which the sequence is to be tightest
 */
export function meanMargin(n: number, deviation: number, alpha: number, tightAt: number): number {
  if (n <= 0) return Number.POSITIVE_INFINITY;
  const twoSided = -2 * Math.log(2 * alpha);
  const rhoSquared = (twoSided + Math.log(twoSided + 1)) / tightAt;
  const scale = n * rhoSquared + 1;
  return deviation * Math.sqrt(((2 * scale) / (n * n * rhoSquared)) * Math.log1p(Math.sqrt(scale) / (2 * alpha)));
}
