import { z } from 'zod';
import type { Scenario } from './profile.ts';

/** How much load a run sends, and what chance in it starts from: from the options, unchanged, to `run.json`. */
export const loadSettingsSchema = z.strictObject({
  seed: z.int(),
  /** Judged load of a scenario at most. */
  budgetMs: z.number(),
  /** How long a ramp takes to its end. */
  rampMs: z.number(),
  /** Judged load before anything is decided. */
  minTimeMs: z.number(),
  /** Sent, recorded and reported, but not judged. */
  warmupMs: z.number(),
});

export type LoadSettings = z.infer<typeof loadSettingsSchema>;

/** Where nobody says otherwise: until all is decided, a minute at least and ten at most. */
export const usualLoad: LoadSettings = {
  seed: 1,
  budgetMs: 600_000,
  rampMs: 60_000,
  minTimeMs: 60_000,
  warmupMs: 5_000,
};

/** Judged load of a scenario at most, milliseconds: a documented duration is judged whole, and a ramp comes to its end. */
export function plannedMs(
  { budgetMs, rampMs }: Pick<LoadSettings, 'budgetMs' | 'rampMs'>,
  { durationSeconds, arrivals }: Scenario,
): number {
  if (durationSeconds !== undefined) return durationSeconds * 1000;
  return arrivals.shape === 'ramp' ? rampMs : budgetMs;
}
