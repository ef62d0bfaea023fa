import { z } from 'zod';

/** What can happen to a stack, done by us or told by it. */
export const happenings = ['started', 'stopped', 'killed', 'fault-on', 'fault-off'] as const;

/** One line of `history.ndjson.gz`. */
export const historyEventSchema = z.strictObject({
  /** Milliseconds since the run's epoch. */
  at: z.number(),
  /** Number of the stack in its run, from 1. */
  stack: z.int().positive(),
  what: z.enum(happenings),
  /** Null: each replica. */
  part: z.string().nullable(),
  /** The fault as it was given; what a part was started as. */
  detail: z.string().optional(),
});
export type HistoryEvent = z.infer<typeof historyEventSchema>;
