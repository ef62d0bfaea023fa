/** A straight line through values at 0, 1, 2, …, by least squares. */
interface Trend {
  /** Change from one value to the next. */
  slope: number;
  /** Slope over its standard error; 0 where the line is flat, infinite where all values lie on a line that is not. */
  significance: number;
}

/** Needs three values; fewer have no trend. */
export function trendOf(values: readonly number[]): Trend {
  const n = values.length;
  if (n < 3) return { slope: 0, significance: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centre = (n - 1) / 2;
  let [products, squares] = [0, 0];
  values.forEach((value, at) => {
    products += (at - centre) * (value - mean);
    squares += (at - centre) ** 2;
  });
  const slope = products / squares;
  const residuals = values.reduce(
    (sum, value, at) => sum + (value - mean - slope * (at - centre)) ** 2,
    0,
  );
  const error = Math.sqrt(residuals / (n - 2) / squares);
  return { slope, significance: slope === 0 ? 0 : slope / error };
}

/** Where the values fall apart into two parts whose means differ most beyond chance: the index of the second part's first value. */
export function changePoint(values: readonly number[]): number {
  const n = values.length;
  const total = values.reduce((sum, value) => sum + value, 0);
  let [before, best, at] = [0, 0, 0];
  for (let split = 1; split < n; split += 1) {
    before += values[split - 1] ?? 0;
    const contrast =
      (split * (n - split) * (before / split - (total - before) / (n - split)) ** 2) / n;
    if (contrast > best) [best, at] = [contrast, split];
  }
  return at;
}
