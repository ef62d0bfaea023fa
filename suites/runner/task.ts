import type { Capability, Check } from './check.ts';
import type { Session } from './session.ts';

/** How one task ended. That it was done says nothing of what it saw. */
export type TaskOutcome = { task: string } & (
  | { end: 'done' | 'interrupted' }
  | { end: 'skipped'; why: string }
  /** `onRecord`: the records of the run say so themselves. */
  | { end: 'crashed'; why: string; onRecord: boolean }
);

/** One thing that a run does: a check with its parameters, or a scenario that is driven. */
export interface Task {
  /** Unique in its run. */
  readonly id: string;
  readonly needs: readonly Capability[];
  /** Longest it may take, milliseconds. What takes longer is broken. */
  readonly withinMs: number;
  /** Puts into the session's record what was seen. Ends soon after `signal` aborts. What it throws is a crash, never a verdict. */
  run(session: Session, signal: AbortSignal): Promise<void>;
  /** Told before it is run or skipped, and how that ended. */
  readonly noted?: { begins(session: Session): void; ends(outcome: TaskOutcome): void };
}

/** Checks that are done together, in their order. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  /** Those that profiles can name. */
  readonly checks: readonly Check[];
  tasks(session: Session): readonly Task[];
}
