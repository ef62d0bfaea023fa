import { rules } from '../../../slo/judge/rules.ts';
import { upperBound } from '../../../slo/statistics/binomial.ts';

/** What the rules of other tools say of the first minute of a stream: whether they would let the release pass. */
export interface PeerVerdicts {
  /** A percentile of all requests against its limit, as a threshold of k6 does: no bound. */
  threshold: boolean;
  /** The percentile of each ten seconds against its limit, one miss of six allowed, as a rollout's analysis with `successCondition`. */
  windows: boolean;
  /** The binomial bound for a fixed number of requests, all taken as independent, at 99 %, as in MLPerf's early stopping. */
  fixedBound: boolean;
}

const minuteMs = 60_000;
const windowMs = 10_000;
const allowedMisses = 1;

/** Counts of the first minute, fed beside the judge. */
export class Peers {
  readonly #allowed: number;
  readonly #n = new Float64Array(minuteMs / windowMs);
  readonly #bad = new Float64Array(minuteMs / windowMs);

  constructor(allowedShare: number) {
    this.#allowed = allowedShare;
  }

  take(atMs: number, bad: boolean): void {
    if (atMs >= minuteMs) return;
    const window = Math.floor(atMs / windowMs);
    this.#n[window] = (this.#n[window] ?? 0) + 1;
    if (bad) this.#bad[window] = (this.#bad[window] ?? 0) + 1;
  }

  verdicts(): PeerVerdicts {
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    const [n, bad] = [sum(this.#n), sum(this.#bad)];
    // The percentile is below the limit if at most this many are not.
    const holds = (of: number, bads: number) => bads <= Math.floor(this.#allowed * of + 1e-9);
    const misses = this.#n.reduce(
      (total, of, at) => total + (holds(of, this.#bad[at] ?? 0) ? 0 : 1),
      0,
    );
    return {
      threshold: holds(n, bad),
      windows: misses <= allowedMisses,
      fixedBound: upperBound(bad, n, rules.alpha) <= this.#allowed,
    };
  }
}
