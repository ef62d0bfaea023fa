import type { z } from 'zod';
import { conformance } from './conformance/conformance.ts';
import { load } from './load/load.ts';
import type { Check } from './runner/check.ts';
import type { Suite } from './runner/task.ts';

/** Every suite, in the order in which they may disturb a stack. */
export const suites: readonly Suite[] = [load, conformance];

/** Those of a gate that names none. */
export const usualSuites: readonly string[] = [load.name, conformance.name];

/** Every check with its suite. */
export const catalogue: readonly { suite: string; check: Check }[] = suites.flatMap(
  ({ name, checks }) => checks.map((check) => ({ suite: name, check })),
);

/** What parameters each check takes, by its id: for the reader of profiles. */
export const checkParams: ReadonlyMap<string, z.ZodObject> = new Map(
  catalogue.map(({ check }) => [check.id, check.params]),
);
