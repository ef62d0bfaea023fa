import type { Session } from '../fixtures/session.ts';
import type { Decision } from '../slo/verdict.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Provided by the gate; absent when the suites run by themselves. */
    session: Session | undefined;
  }
  interface TaskMeta {
    /** What a target's test decided, for the gate to hold against what the evidence says. */
    verdict?: { target: string; decision: Decision };
  }
}
