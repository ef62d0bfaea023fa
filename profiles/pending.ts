/** The checks that later versions bring, by which most targets will be decided. */
const checks = {
  conformance: 'the conformance suite',
  load: 'the load suite',
  observability: 'the observability suite',
  autoscaling: 'the autoscaling suite',
  failover: 'the failover suite',
  chaos: 'the chaos suite',
  manifests: 'the manifest checks',
} as const;

/** Why a target is not decided yet: which check will decide it, and what that check has to see. */
export function pending(check: keyof typeof checks, how: string): string {
  return `To be decided by ${checks[check]}, which this version does not have yet: ${how}.`;
}
