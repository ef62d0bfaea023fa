/**
 * Integrated autocorrelation time by Geyer's initial monotone sequence (Statistical Science 7(4), 1992): sums of neighbouring
 * autocorrelations, cut at the first that is not positive and made non-increasing. Keeps all values; the reference for tests.
 */
export function geyerTau(values: ArrayLike<number>): number {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i += 1) mean += (values[i] ?? 0) / n;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = 0; i + lag < n; i += 1) sum += ((values[i] ?? 0) - mean) * ((values[i + lag] ?? 0) - mean);
    return sum / n;
  };
  const variance = covariance(0);
  let total = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = covariance(lag) + covariance(lag + 1);
    if (pair <= 0) break;
    smallest = Math.min(smallest, pair);
    total += smallest;
  }
  return (2 * total) / variance - 1;
}
