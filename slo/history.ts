import { z } from 'zod';

/** What can happen to a stack, done by us or told by it. `ended`: a part did, and neither `killed` nor `stopped` by us; a fault may have asked for it. */
export const happenings = [
  'started',
  'stopped',
  'killed',
  'ended',
  'fault-on',
  'fault-off',
] as const;

/** One line of `history.ndjson.gz`. */
export const historyEventSchema = z.strictObject({
  /** Milliseconds since the run's epoch. */
  at: z.number(),
  /** Number of the stack in its run, from 1. */
  stack: z.int().positive(),
  what: z.enum(happenings),
  /** Null: each replica. */
  part: z.string().nullable(),
  /** The fault as it was given; what a part was started as; how it ended (`was ended by SIGKILL`). */
  detail: z.string().optional(),
});
export type HistoryEvent = z.infer<typeof historyEventSchema>;
