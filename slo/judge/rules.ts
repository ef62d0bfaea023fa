/**
 * The constants of the judge, each with its reason; where they were tried against others, and what was measured with them, is in
 * `docs/statistics.md`.
 */
export const rules = {
  /** Probability of a false pass of each objective, over all its looks, and of a false fail that all objectives of a run share. */
  alpha: 0.01,
  /** When the samples are looked at, in multiples of the minimum time; the last look is the end of the load. All share α evenly. */
  lookAt: [1, 1.5, 2, 3, 4, 6, 8],
  /** Blocks of time that the minimum time holds, so that every look falls on the edge of a block. */
  blocksInMinimum: 16,
  /**
   * Few bad requests do not show that they come in pairs, so towards a decision so many requests count as one even where they look
   * independent.
   */
  requestsPerIndependent: 1.5,
  /**
   * The clumping of bad requests is itself an estimate, and too low by about 3 (16 blocks) or 2.3 (24 blocks) once in a hundred where
   * block sums are normal. Towards a pass that error is the dangerous one, so clumping beyond 1 counts thrice. Towards a fail an error
   * protects itself: a big spell raises the clumping along with the share.
   */
  clumping: { pass: 3, fail: 2 },
  /** Wander cannot carry a quantile to a limit that is twice and so many standard deviations of slow means away. */
  reachDeviations: 6,
  /** Latencies are counted by how often the limit can be halved before they reach it, up to so often. */
  mostHalvings: 12,
  /**
   * A share rises if its line through the blocks does so by so many standard errors (7 % of steady streams do by chance), and is held
   * back from a pass if the line, carried on for so many times the judged time, would exceed the limit: a tenth of the time is what a
   * verdict vouches for. From `plain` standard errors on (1 % of steady streams do by chance) an undecided run is said to have
   * changed, and a pass that was made before does not stand.
   */
  rising: { standardErrors: 1.5, horizon: 10, plain: 2.6 },
  /** No good request for more than this share of the judged time is an outage, whatever the dependence. */
  outageShare: 2 / 3,
  /** A decision stands at later looks while its own probability of being due to chance is no more than this. */
  holdUntil: 0.1,
  /**
   * Throughput: the variance of the mean of blocks counts twice, since swings that last longer than a block are seen only in part.
   */
  rateVariance: 2,
  /** What a verdict vouches for: effects that come at least so often within the judged time. */
  vouchedParts: 10,
  /** Load ends when nothing at all was answered for so long from the start: nobody waits a minute for a wrong port. */
  noAnswerMs: 20_000,
} as const;

/** What our own client may do before nothing it measured can pass. */
export const clientLimits = {
  /** Share of requests sent later than the tolerance, and of the time that the client stood still. */
  lateShare: 0.01,
  /**
   * A request sent more than this after its time was late by our own fault: a part of the limit, but what any scheduler may need, if that
   * is not too much of the limit; and a time of its own where latency is not the question.
   */
  lateness: { ofLimit: 0.05, leastMs: 10, mostOfLimit: 0.5, otherMs: 50 },
  /** Timers may fire so much too early. */
  earlyMs: 10,
  /** Samples that may always wait behind a missing one, whatever the rate and the timeout. */
  waiting: 250_000,
  clockJumpMs: 100,
  loopLagP99Ms: 250,
  /** A schedule that pauses for so many times its mean gap was not kept: with Poisson arrivals that comes once in 10¹³. */
  gapFactor: 30,
  /** k6: 0 ended by itself, 105 was asked to stop. */
  exitCodes: [0, 105],
} as const;

/** Level of each single look: what all looks share, over their number. */
export function levelOfLook(alpha: number): number {
  return alpha / (rules.lookAt.length + 1);
}

/**
 * Fewest requests, none of them bad and all alike, that pass at a single look: (1 − share)^(n / 1.5) ≤ α / 8. Used by the judge, by what
 * is said before load, and by the rules of a profile. 0 for what is no share.
 */
export function faultlessRequests(share: number): number {
  if (!(share > 0 && share < 1)) return 0;
  const independent =
    Math.log(levelOfLook(rules.alpha)) / Math.log1p(-Number(share.toPrecision(12)));
  return Math.ceil(independent * rules.requestsPerIndependent);
}
