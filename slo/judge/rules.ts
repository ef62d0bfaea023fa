/**
 * The constants of the judge, in one place. Where they come from, and what was measured with them: `docs/statistics.md`.
 */
export const rules = {
  /**
   * n / (temper × τ) requests count as independent; the temper covers the error of the estimated τ. Towards a pass it is
   * `base + perTau × τ / n`: τ comes out too small when there are few times τ requests to estimate it from, and a quiet stretch of
   * a queue shows little badness and little correlation at once. Towards a fail the two work against each other.
   */
  temperPass: { base: 1.75, perTau: 350 },
  temperFail: 1.25,
  /** Latencies below this share of the limit count as equally fast where dependence is estimated. */
  slownessFloor: 0.25,
  /** From so many bad requests on, τ of the bad ones themselves is estimated. Below, each group of them counts once. */
  tauFromBad: 5,
  /** A bad request so soon after another belongs to its group. */
  groupGapMs: 100,
  /** No decision before n ≥ 100 τ, and so many effective requests. */
  requestsPerTau: 100,
  minEffective: 50,
  /** A fail needs so much judged load, and bad requests in so many separate seconds. */
  failAfterMs: 5000,
  failSeconds: 3,
  /**
   * A decision is in sight while it is foreseen within so many times the planned load: what is foreseen swings by as much from one
   * group of bad requests to the next while they are few.
   */
  sightFactor: 3,
  /**
   * The more of the time a target may be bad, the longer it is watched before a bad spell says anything: at least this times the
   * allowed share, both for a fail and for an outage (20 s for a p50, nothing more than the usual from p90 on).
   */
  watchPerShareMs: 40_000,
  /**
   * An outage: so much judged load, and so many requests, without one that was good. A server that dies in the middle of the load has
   * a bad stretch as long as all that is left, which no estimate of τ can tell from a rare accident; nobody needs it to.
   */
  outageMs: 10_000,
  outageRequests: 50,
  /** The minimum time counts as over this near to it: the last request starts a little before the load ends. */
  minTimeShare: 0.98,
  /** Two-sided confidence of the intervals that verdicts show. */
  confidence: 0.99,
  /** An open request is taken for bad this long after its limit, so that an answer on its way to the judge is not overtaken. */
  reportDelayMs: 1000,
} as const;

/** What our own client may do before nothing it measured can pass. */
export const clientLimits = {
  /** Share of requests sent later than the tolerance (see `lateToleranceMs`). */
  lateShare: 0.01,
  clockJumpMs: 100,
  loopLagP99Ms: 250,
  /** k6: 0 ended by itself, 105 was asked to stop. */
  exitCodes: [0, 105],
} as const;
