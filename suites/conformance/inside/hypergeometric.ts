/**
 * The chance to draw at most `most` of `marked` things when `drawn` of `total` are drawn blindly, none twice
 * (https://en.wikipedia.org/wiki/Hypergeometric_distribution).
 */
export function drawsAtMost(
  most: number,
  { total, marked, drawn }: { total: number; marked: number; drawn: number },
): number {
  let sum = 0;
  for (let hit = Math.max(0, drawn - (total - marked)); hit <= Math.min(most, drawn); hit += 1)
    sum += Math.exp(
      logChoose(marked, hit) + logChoose(total - marked, drawn - hit) - logChoose(total, drawn),
    );
  return Math.min(1, sum);
}

/** Logarithm of the number of ways to choose `k` of `n`; minus infinity where there is none. */
function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}
