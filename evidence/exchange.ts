import { z } from 'zod';

/** So many bytes of a body are kept. */
export const keptBytes = 16_384;

const body = z.strictObject({
  /** As text, cut after `keptBytes`; what is no UTF-8 is shown by U+FFFD. */
  text: z.string(),
  bytes: z.int().nonnegative(),
});
const headers = z.array(z.tuple([z.string(), z.string()]));

/** One line of `exchanges.ndjson.gz`: a request of a check and its answer as they were, without secrets. Times as in the run's records. */
export const exchangeSchema = z.strictObject({
  exchange: z.int().nonnegative(),
  /** Number of the check in its run. */
  run: z.int().nonnegative(),
  at: z.number(),
  /** Milliseconds from sending to the last byte, or to the failure. */
  ms: z.number(),
  request: z.strictObject({ method: z.string(), url: z.string(), headers, body }),
  /** Null when none came. */
  answer: z.strictObject({ status: z.int(), headers, body }).nullable(),
  /** Why there is no answer, or not all of it. */
  failure: z.string().nullable(),
});
export type Exchange = z.infer<typeof exchangeSchema>;
