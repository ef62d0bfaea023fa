import type { FaultBody } from '../../../fixtures/faults.ts';
import type { Mutation } from '../mutating-proxy.testing.ts';
import { field } from './mutations.testing.ts';

/** A defect, how a good service is given it, and what of which checks is not as expected then: that and nothing else. */
export interface Defect {
  name: string;
  seed: { proxy: Mutation } | { fault: FaultBody };
  fails: Readonly<Record<string, readonly string[]>>;
}

/** A field of `GET /health`, changed. */
export const health = (name: string, change: (value: unknown) => unknown): Defect['seed'] => ({
  proxy: field('good', '/health', [name], change),
});

/** A field of the errors of `POST /score`, changed. */
export const errorField = (names: readonly string[], change: (value: unknown) => unknown) => ({
  proxy: field('bad', '/score', names, change),
});

export const html = { 'content-type': 'text/html' };
export const always = (value: unknown) => () => value;
/** Right, but always the same. */
export const thisId = `${Date.now()}-1`;
