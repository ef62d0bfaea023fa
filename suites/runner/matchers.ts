import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';

/** What a value has to be: in words, and whether it is. */
export interface Matcher {
  readonly words: string;
  holds(value: unknown): boolean;
}

const matcher = (words: string, holds: (value: unknown) => boolean): Matcher => ({ words, holds });

export const is = (expected: unknown): Matcher =>
  matcher(JSON.stringify(expected) ?? String(expected), (value) =>
    isDeepStrictEqual(value, expected),
  );

/** Bounds included. */
export const between = (least: number, most: number): Matcher =>
  matcher(
    `${least} to ${most}`,
    (value) => typeof value === 'number' && value >= least && value <= most,
  );

export const atLeast = (least: number): Matcher =>
  matcher(`at least ${least}`, (value) => typeof value === 'number' && value >= least);

export const matching = (pattern: RegExp, words = `text like ${pattern}`): Matcher =>
  matcher(words, (value) => typeof value === 'string' && pattern.test(value));

export const ofShape = (schema: z.ZodType, words: string): Matcher =>
  matcher(words, (value) => schema.safeParse(value).success);

/** Status codes. */
export const success = is(200);
/** They tell of who asks, where, how or how often, and not of what was sent: a gateway gives them to any request. */
const notOfContent: ReadonlySet<unknown> = new Set([401, 403, 404, 405, 407, 408, 429]);
/** What was sent is refused as a mistake of its sender. */
export const refusal = matcher(
  `a client error for what was sent: 400 to 499, but not ${[...notOfContent].join(', ')}`,
  (value) => typeof value === 'number' && value >= 400 && value <= 499 && !notOfContent.has(value),
);
