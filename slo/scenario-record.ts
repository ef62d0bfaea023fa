import { z } from 'zod';
import { scenarioSchema } from './profile.ts';
import { stops } from './verdict.ts';

/** What happened to our own client while it drove one scenario; `invalid` is decided on this and on lateness in the samples. */
const clientHealthSchema = z.strictObject({
  /** Exit code of the load generator; null when a signal ended it or it still ran. */
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  /** Arrivals that were due before the stop and never started. */
  dropped: z.int().nonnegative(),
  /** Largest step between the wall clock and the monotonic clock seen while the load flowed, milliseconds. */
  clockJumpMs: z.number(),
  /** 99th percentile of the harness's event-loop delay while the load flowed, milliseconds. */
  loopLagP99Ms: z.number(),
  /** How long the load generator's event loop stood still, in pauses of 50 ms and more, milliseconds. */
  stoodStillMs: z.number(),
  /** Cores that the load generator used on average, where that can be measured. */
  cpuCores: z.number().optional(),
});

/** A fault that was switched on while a scenario was driven, on one part of the stack or on all. Times as in the record. */
const switchedFaultSchema = z.strictObject({
  text: z.string(),
  part: z.string().nullable(),
  from: z.number(),
  /** Absent when it stayed on. */
  to: z.number().optional(),
});

/** One scenario as it was driven: what was planned, when it ran and how it ended. Times are milliseconds since the run's epoch. */
export const scenarioRecordSchema = z.strictObject({
  /** `<profile id>/<scenario name>`, as in the samples. */
  name: z.string(),
  scenario: scenarioSchema,
  warmupMs: z.number(),
  /** Judged load at most: the budget, or the documented duration. */
  plannedMs: z.number(),
  minTimeMs: z.number(),
  timeoutMs: z.number(),
  startedAt: z.number(),
  /** Absent while the load flows, and for ever when the run was killed. */
  endedAt: z.number().optional(),
  stop: z.enum(stops).optional(),
  client: clientHealthSchema.optional(),
  faults: z.array(switchedFaultSchema).optional(),
  /** What broke, in words, when the client failed. */
  failure: z.string().optional(),
});

export type ClientHealth = z.infer<typeof clientHealthSchema>;
export type SwitchedFault = z.infer<typeof switchedFaultSchema>;
export type ScenarioRecord = z.infer<typeof scenarioRecordSchema>;

/** What is known of a scenario before it is driven. */
export type ScenarioSetup = Pick<
  ScenarioRecord,
  'name' | 'scenario' | 'warmupMs' | 'plannedMs' | 'minTimeMs' | 'timeoutMs'
>;

/** Scenario names are unique in a profile only; in a run they carry its id. */
export function qualify(profileId: string, scenario: string): string {
  return `${profileId}/${scenario}`;
}
