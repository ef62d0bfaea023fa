import type { z } from 'zod';
import type { LentStack } from '../../fixtures/lent-stack.ts';
import type { Topology } from '../../fixtures/topology.ts';
import type { CheckParams } from '../../slo/check-record.ts';
import type { Api } from '../../slo/profile.ts';
import type { Expect } from './expect.ts';
import type { Http } from './http.ts';
import type { Raw } from './raw.ts';

/** What a check may need of a service beside its URL: an API that it speaks, a look inside, or that no proxy reads first what is sent. */
export type Capability = Api | 'counters' | 'faults' | 'stack' | 'direct';

/** What a check is lent. */
export interface CheckContext {
  http: Http;
  /** For a check that needs `direct`. */
  raw: Raw;
  expect: Expect;
  /** What the service speaks, and what it is asked for. */
  api: Api;
  model: string;
  /** For a check that needs `stack`. */
  stack: LentStack;
  /** Aborts when the check has to end. */
  signal: AbortSignal;
}

/**
 * One thing that is verified, with parameters. It knows no target: what decides which target, the profile says. It neither sets up nor
 * clears away what it is lent, and never says what it means: it notes what was expected and seen.
 */
export interface Check {
  /** Unique among all checks. */
  readonly id: string;
  /** What is verified, in half a sentence. */
  readonly about: string;
  readonly needs: readonly Capability[];
  readonly params: z.ZodObject;
  /** Longest it may take, milliseconds, bringing up a stack included. */
  readonly withinMs: number;
  /** The stack that it needs, where it is not the usual one. */
  readonly topology?: Topology;
  /** True where nobody may be lent the stack after it. */
  readonly harms: boolean;
  /** Absent where everything follows from what the other checks of its suite recorded. */
  readonly run?: (context: CheckContext, params: CheckParams) => Promise<void>;
}

interface Definition<Params extends z.ZodObject>
  extends Pick<Check, 'id' | 'about' | 'needs' | 'topology'>,
    Partial<Pick<Check, 'withinMs' | 'harms'>> {
  readonly params: Params;
  run?(context: CheckContext, params: z.infer<Params>): Promise<void>;
}

const usualWithinMs = 60_000;

export function check<Params extends z.ZodObject>(definition: Definition<Params>): Check {
  const { run, params, ...rest } = definition;
  return {
    withinMs: usualWithinMs,
    harms: false,
    ...rest,
    params,
    ...(run && { run: (context, given) => run(context, params.parse(given)) }),
  };
}
