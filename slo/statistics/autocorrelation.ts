/** Batches that a level must hold, by default, before it says anything of the autocorrelation time. */
const MIN_BATCHES = 16;

/**
 * Integrated autocorrelation time of a stream, from the variances of its sums over batches of 1, 2, 4, … values: a sum over a
 * batch much longer than the correlations has τ times the variance that independent values would give it. One level per doubling
 * of the batch, so the memory is O(log n); one addition per value and O(1) work per batch.
 *
 * The estimate is the largest over all levels that hold at least `minBatches`: taking the largest errs towards a longer τ, which is
 * the safe side for both decisions. The tests hold it against Geyer's initial monotone sequence.
 */
export class BatchMeans {
  readonly #base: number;
  readonly #minBatches: number;
  #pending = 0;
  #pendingCount = 0;
  #n = 0;
  #sum = 0;
  #sumOfSquares = 0;
  /** Per level: finished batches, their sum and sum of squares, and the odd batch that waits for its partner. */
  readonly #counts: number[] = [];
  readonly #sums: number[] = [];
  readonly #squares: number[] = [];
  readonly #waiting: number[] = [];

  /** `base`: length of the shortest batch. Longer means less work per value; correlations shorter than it are still seen. */
  constructor(base = 1, minBatches = MIN_BATCHES) {
    this.#base = base;
    this.#minBatches = minBatches;
  }

  get n(): number {
    return this.#n;
  }

  get sum(): number {
    return this.#sum;
  }

  add(value: number): void {
    this.#n += 1;
    if (value !== 0) {
      this.#sum += value;
      this.#sumOfSquares += value * value;
      this.#pending += value;
    }
    this.#pendingCount += 1;
    if (this.#pendingCount === this.#base) {
      this.#carry(this.#pending);
      this.#pending = 0;
      this.#pendingCount = 0;
    }
  }

  mean(): number {
    return this.#n === 0 ? 0 : this.#sum / this.#n;
  }

  /** Variance of single values. */
  variance(): number {
    if (this.#n < 2) return 0;
    return Math.max(0, (this.#sumOfSquares - (this.#sum * this.#sum) / this.#n) / (this.#n - 1));
  }

  /** Integrated autocorrelation time in values, at least 1. */
  tau(): number {
    const variance = this.variance();
    if (variance === 0) return 1;
    let longest = 1;
    for (let level = 0, length = this.#base; level < this.#counts.length; level += 1, length *= 2) {
      const count = this.#counts[level] ?? 0;
      if (count < this.#minBatches) break;
      const sum = this.#sums[level] ?? 0;
      const ofSums = ((this.#squares[level] ?? 0) - (sum * sum) / count) / (count - 1);
      longest = Math.max(longest, ofSums / (length * variance));
    }
    return longest;
  }

  #carry(sum: number): void {
    let carried = sum;
    for (let level = 0; ; level += 1) {
      const count = this.#counts[level];
      if (count === undefined) {
        this.#counts.push(1);
        this.#sums.push(carried);
        this.#squares.push(carried * carried);
        this.#waiting.push(carried);
        return;
      }
      this.#counts[level] = count + 1;
      this.#sums[level] = (this.#sums[level] ?? 0) + carried;
      this.#squares[level] = (this.#squares[level] ?? 0) + carried * carried;
      if (count % 2 === 0) {
        this.#waiting[level] = carried;
        return;
      }
      carried += this.#waiting[level] ?? 0;
    }
  }
}
