import type { ObjectiveVerdict } from '../slo/verdict.ts';

/** A target that was not shown to be kept. Anything else that a test throws is a crash of the check. */
export class VerdictError extends Error {
  override readonly name = 'VerdictError';
  readonly target: string;

  constructor(target: string, verdicts: readonly ObjectiveVerdict[]) {
    const missed = verdicts.filter(({ decision }) => decision !== 'pass');
    super(`${target}: ${missed.map(({ id, decision, reason }) => `${id} ${decision} (${reason.code})`).join(' · ')}`);
    this.target = target;
  }
}

/** Ends a target's test: green only if every objective passed. */
export function settle(target: string, verdicts: readonly ObjectiveVerdict[]): void {
  if (verdicts.some(({ decision }) => decision !== 'pass')) throw new VerdictError(target, verdicts);
}
