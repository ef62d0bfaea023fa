import { Int32Histogram } from 'hdr-histogram-js';

const microseconds = 1000;

/**
 * Latencies of answered requests in HDR buckets, and the number of those that failed. A failed request counts as slower than any
 * limit, so a service that fails fast does not look fast. Values are milliseconds, kept to a microsecond or `digits` significant digits.
 */
export class LatencyHistogram {
  readonly #histogram: Int32Histogram;
  #failed = 0;

  constructor(digits: 2 | 3 = 2) {
    this.#histogram = new Int32Histogram(1, 2_000_000, digits);
    this.#histogram.autoResize = true;
  }

  get answered(): number {
    return this.#histogram.totalCount;
  }

  get failed(): number {
    return this.#failed;
  }

  get total(): number {
    return this.answered + this.#failed;
  }

  /** The slowest answer, or null when nothing was answered. */
  get maxMs(): number | null {
    return this.answered === 0 ? null : this.#histogram.maxValue / microseconds;
  }

  record(ms: number): void {
    this.#histogram.recordValue(Math.max(0, Math.round(ms * microseconds)));
  }

  recordFailure(): void {
    this.#failed += 1;
  }

  add(other: LatencyHistogram): void {
    if (other.answered > 0) this.#histogram.add(other.#histogram);
    this.#failed += other.#failed;
  }

  /** The latency that a share of `quantile` of all requests, failed ones included, does not exceed. Null: that many were not answered. */
  quantileMs(quantile: number): number | null {
    // A hair of slack: 0.95 × 100 must be the 95th request, not the 96th, whatever the last bit says.
    const rank = Math.max(1, Math.ceil(quantile * this.total - 1e-9));
    if (rank > this.answered) return null;
    return this.#histogram.getValueAtPercentile((rank / this.answered) * 100) / microseconds;
  }

  /** Filled buckets in order of latency. */
  *buckets(): Generator<{ ms: number; count: number }> {
    for (let index = 0; index < this.#histogram.countsArrayLength; index += 1) {
      const count = this.#histogram.getCountAtIndex(index);
      if (count > 0)
        yield {
          ms:
            this.#histogram.medianEquivalentValue(this.#histogram.valueFromIndex(index)) /
            microseconds,
          count,
        };
    }
  }
}
