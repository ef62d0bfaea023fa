import { z } from 'zod';
import type { CheckPart } from './profile.ts';

/** What a check is given, by name. Its own schema says which there are (`suites/`). */
export type CheckParams = Readonly<Record<string, unknown>>;

/** One check as a run was to do it. Equal parameters mean one check, whichever targets it decides. */
export const plannedCheckSchema = z.strictObject({
  profile: z.string(),
  suite: z.string(),
  check: z.string(),
  params: z.record(z.string(), z.unknown()),
});
export type PlannedCheck = z.infer<typeof plannedCheckSchema>;

/** How a check ended. That it was done says nothing of what it saw. */
export const checkEnds = ['done', 'skipped', 'crashed', 'interrupted'] as const;
export type CheckEnd = (typeof checkEnds)[number];

const at = z.number();
/** Number of a check in its run, which joins the lines about it. */
const run = z.int().nonnegative();

/** What a check looked at. */
export const observationShape = {
  /** The same in each run of a check. */
  subject: z.string(),
  expected: z.string(),
  seen: z.string(),
  ok: z.boolean(),
  /** Number of the exchange it was seen in. */
  exchange: z.int().nonnegative().optional(),
  /** A command line that asks for the same by hand. */
  repeat: z.string().optional(),
};

/**
 * One line of `checks.ndjson.gz`, written as it happens. A check never says what it means: it notes what was expected and seen, and the
 * judge decides. Times are milliseconds since the run's epoch.
 */
export const checkEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begin'), run, at, ...plannedCheckSchema.shape }),
  z.strictObject({ kind: z.literal('observation'), run, at, ...observationShape }),
  z.strictObject({
    kind: z.literal('end'),
    run,
    at,
    end: z.enum(checkEnds),
    /** Why it was skipped, or what it crashed with. */
    why: z.string().optional(),
  }),
]);
export type CheckEvent = z.infer<typeof checkEventSchema>;
export type Observation = z.infer<z.ZodObject<typeof observationShape>>;

/** The parameters that a profile gives to a check. */
export function paramsOf({ check: _, mayNotRun: __, ...params }: CheckPart): CheckParams {
  return params;
}

/** The same for equal parameters, in whatever order they are written. */
export function checkKey({ check, params }: { check: string; params: CheckParams }): string {
  return JSON.stringify([check, sorted(params)]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
