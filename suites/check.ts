import type { Session } from './session.ts';

/** What a check may need of a service beside its URL. */
export type Capability = 'counters' | 'faults';

/** One thing that is verified. It knows no target, and neither sets up nor clears away what it is lent. */
export interface Check {
  /** Unique in its run. */
  readonly id: string;
  readonly needs: readonly Capability[];
  /** Longest it may take, milliseconds. What takes longer is broken. */
  readonly withinMs: number;
  /** Puts into the session's record what was seen. Ends soon after `signal` aborts. What it throws is a crash, never a verdict. */
  run(session: Session, signal: AbortSignal): Promise<void>;
}

/** Checks that are done together, in their order. */
export interface Suite {
  readonly name: string;
  checks(session: Session): readonly Check[];
}
