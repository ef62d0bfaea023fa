import { z } from 'zod';
import { dialectNames } from '../slo/signals.ts';

/**
 * `series/<profile>.<scenario>.json`: raw scrapes of one scenario's counters as Prometheus stored them (never `increase()`),
 * from before the warm-up until after the last answer.
 */
export const seriesFileSchema = z.strictObject({
  scenario: z.string(),
  dialect: z.enum(dialectNames),
  /** Unix milliseconds. */
  from: z.number(),
  to: z.number(),
  /** When the last answer was in, Unix milliseconds: what was scraped last before it does not have all. */
  answeredBy: z.number().optional(),
  /** When a metrics URL was read, Unix milliseconds; Prometheus has `up` for that. */
  scrapes: z.array(z.number()).optional(),
  /** Set when Prometheus or the metrics URL could not be read, with what was seen. */
  failure: z.string().nullable(),
  series: z.array(
    z.strictObject({
      metric: z.string(),
      labels: z.record(z.string(), z.string()),
      /** [Unix milliseconds, value], in order of time. */
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
});

export type SeriesFile = z.infer<typeof seriesFileSchema>;

/** File name of a scenario's series inside the `series` folder. No name of a profile or scenario has a dot. */
export function seriesName(scenario: string): string {
  return `${scenario.replace('/', '.')}.json`;
}
