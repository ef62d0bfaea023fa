/**
 * How much more the sums of clusters vary than they would if all values were independent: the design effect (Kish, Survey Sampling,
 * 1965), K/(K−1) · Σ (S − mean · N)² / (n · variance). About 1 for independent values; n divided by it is the number of independent
 * values that would know the mean as well.
 *
 * @param counts values in each cluster, N
 * @param sums their sums, S
 * @param mean of all values
 * @param variance of a single value
 */
export function designEffect(
  counts: readonly number[],
  sums: readonly number[],
  mean: number,
  variance: number,
): number {
  const clusters = counts.length;
  const n = counts.reduce((total, count) => total + count, 0);
  if (clusters < 2 || n === 0 || !(variance > 0)) return 1;
  const squares = counts.reduce(
    (total, count, at) => total + ((sums[at] ?? 0) - mean * count) ** 2,
    0,
  );
  return ((clusters / (clusters - 1)) * squares) / (n * variance);
}

/** Standard deviation of the clusters' means around the mean of all values, clusters weighted by their size. */
export function deviationOfMeans(
  counts: readonly number[],
  sums: readonly number[],
  mean: number,
): number {
  const clusters = counts.filter((count) => count > 0).length;
  const n = counts.reduce((total, count) => total + count, 0);
  if (clusters < 2) return 0;
  const squares = counts.reduce(
    (total, count, at) => total + (count === 0 ? 0 : count * ((sums[at] ?? 0) / count - mean) ** 2),
    0,
  );
  return Math.sqrt(((clusters / (clusters - 1)) * squares) / n);
}
