import { logBetaIntegral } from './beta.ts';

/**
 * Anytime-valid test of a share of bad requests against the limit `share`, in natural logarithms: how many times better the
 * shares on one side of the limit explain what was seen than the limit itself does, averaged over a Beta(1, 1 / share) prior cut
 * off at the limit. Under the null hypothesis a look at any time exceeds ln(1 / α) with probability at most α (Ville's
 * inequality; Howard and Ramdas, Bernoulli 28(3), 2022).
 */
export interface ShareTest {
  /** Evidence that the share is below the limit, `bad` of `n` seen. Both may be fractions (effective counts). */
  logEBelow(bad: number, n: number): number;
  /** Evidence that the share is above the limit. */
  logEAbove(bad: number, n: number): number;
}

export function shareTest(share: number): ShareTest {
  const b = 1 / share;
  const logShare = Math.log(share);
  const logRest = Math.log1p(-share);
  const priorBelow = logBetaIntegral(share, 1, b);
  const priorAbove = logBetaIntegral(1 - share, b, 1);
  const likelihood = (bad: number, n: number) => bad * logShare + (n - bad) * logRest;
  return {
    logEBelow: (bad, n) => logBetaIntegral(share, 1 + bad, b + n - bad) - priorBelow - likelihood(bad, n),
    logEAbove: (bad, n) => logBetaIntegral(1 - share, b + n - bad, 1 + bad) - priorAbove - likelihood(bad, n),
  };
}
