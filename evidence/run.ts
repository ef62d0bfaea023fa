import { z } from 'zod';
import { plannedCheckSchema } from '../slo/check-record.ts';
import { loadSettingsSchema } from '../slo/load-settings.ts';
import { profileShape } from '../slo/profile.ts';
import { scenarioRecordSchema } from '../slo/scenario-record.ts';

/** Of `run.json`. A folder of another version is refused: the version that recorded it can judge it. */
export const runSchemaVersion = 3;

/** Names inside a run folder; the one place they stand. `.ndjson.gz`: records, each written as it comes. */
export const runFiles = {
  run: 'run.json',
  samples: 'samples.ndjson.gz',
  checks: 'checks.ndjson.gz',
  exchanges: 'exchanges.ndjson.gz',
  history: 'history.ndjson.gz',
  series: 'series',
  logs: 'logs',
  verdicts: 'verdicts.json',
  html: 'report.html',
  junit: 'junit.xml',
  summary: 'summary.md',
} as const;

/** One running part of the stack, as the report names it. */
const stackPartSchema = z.strictObject({ name: z.string(), version: z.string(), from: z.string() });

/**
 * `run.json`: what ran. Written when the run starts and replaced (atomically) whenever a scenario starts or ends;
 * `sealed` is there only after everything was written.
 */
export const runSchema = z.strictObject({
  schemaVersion: z.literal(runSchemaVersion),
  id: z.string(),
  tailgate: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  /** Wall-clock time (ISO 8601, UTC) that all sample times are relative to, and the same in Unix milliseconds. */
  epoch: z.iso.datetime(),
  epochMs: z.number(),
  host: z.strictObject({
    os: z.string(),
    arch: z.string(),
    cores: z.int(),
    memoryBytes: z.number(),
    node: z.string(),
  }),
  /** The command line as given, secrets redacted. */
  argv: z.array(z.string()),
  /** What was judged. */
  service: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('reference-stack'),
      /** Null until it is there: of a run that ended before, the stack never started. */
      runtime: z.enum(['containers', 'processes']).nullable(),
      faults: z.array(z.string()),
      /** Those that were ready; not all of them when one did not start. */
      parts: z.array(stackPartSchema),
    }),
    z.strictObject({
      kind: z.literal('external'),
      url: z.string(),
      metrics: z.string().nullable(),
    }),
  ]),
  /** How our client went to the service. */
  client: z.strictObject({
    /** Null: connections were kept for the whole run. */
    requestsPerConnection: z.int().positive().nullable(),
    redirects: z.int().nonnegative(),
    /** Host and port of the proxy that all requests went through. */
    proxy: z.string().nullable(),
  }),
  /** Whole profiles, so that verdicts can be derived from the folder alone. */
  profiles: z.array(profileShape).min(1),
  /** Target ids that `--targets` named; null means every target. */
  targets: z.array(z.string()).nullable(),
  /** Names of the suites that are run. */
  suites: z.array(z.string()).default(['load']),
  /** All checks that it knows of for what was asked, those of other suites too. */
  checks: z.array(plannedCheckSchema).default([]),
  load: loadSettingsSchema,
  scenarios: z.array(scenarioRecordSchema),
  sealed: z
    .strictObject({
      at: z.iso.datetime(),
      /** How the run ended: by itself, by a signal, or by a broken harness. */
      end: z.enum(['finished', 'interrupted', 'broken']),
      failure: z.string().nullable(),
      /** SHA-256 (hex) of each evidence file, by path inside the folder. */
      files: z.record(z.string(), z.string()),
      /** SHA-256 of everything else in this file. */
      self: z.string(),
    })
    .optional(),
});

export type Run = z.infer<typeof runSchema>;
export type StackPart = z.infer<typeof stackPartSchema>;
