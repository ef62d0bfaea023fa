import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SuiteError, usageError } from '../slo/errors.ts';
import type { Sample } from '../slo/sample.ts';
import { type Run, runFiles } from './run.ts';
import { readRunJson, writeRunJson, writeWhole } from './run-json.ts';
import { SampleLog } from './sample-log.ts';
import { hashEvidence, sealRun } from './seal.ts';
import { type SeriesFile, seriesName } from './series.ts';

/** A run folder that is being written. Everything thrown is a `SuiteError` `EVIDENCE_WRITE_FAILED`; what was written before is kept. */
export interface RunFolder {
  readonly dir: string;
  /** As it stands in `run.json`, which other workers of the same run write too. */
  readonly run: Run;
  /** Replaces parts of `run.json`, atomically. */
  update(patch: Partial<Omit<Run, 'sealed'>>): Promise<void>;
  /** On disk within a second. */
  readonly samples: { write(sample: Sample): void };
  writeSeries(series: SeriesFile): void;
  /** Writes out what is buffered. Safe to call twice; samples may be written again after it. */
  close(): void;
  /** Closes, hashes every evidence file and signs `run.json`. Logs must have been closed before. */
  seal(how: { end: 'finished' | 'interrupted' | 'broken'; failure: string | null }): Promise<void>;
}

/** Makes a new run folder. Throws `USAGE` when something is there already: evidence is never mixed or overwritten. */
export async function createRunFolder(dir: string, run: Run): Promise<RunFolder> {
  try {
    mkdirSync(dir, { recursive: true });
    if (readdirSync(dir).length > 0) {
      throw usageError(`The run folder ${dir} is not empty. Name another one with --out, or leave it out for a new one.`);
    }
    mkdirSync(join(dir, runFiles.series));
    mkdirSync(join(dir, runFiles.logs));
  } catch (cause) {
    if (cause instanceof SuiteError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SuiteError('EVIDENCE_WRITE_FAILED', `The run folder ${dir} cannot be made: ${why}`, { cause });
  }
  writeRunJson(dir, run);
  return openRunFolder(dir);
}

/** Goes on writing a run folder, from another worker of the same run. Throws `EVIDENCE_UNREADABLE` when it is none. */
export function openRunFolder(dir: string): RunFolder {
  readRunJson(dir);
  const samples = new SampleLog(join(dir, runFiles.samples));
  return {
    dir,
    get run() {
      return readRunJson(dir).run;
    },
    async update(patch) {
      writeRunJson(dir, { ...readRunJson(dir).run, ...patch });
    },
    samples,
    writeSeries: (series) => writeWhole(join(dir, runFiles.series, seriesName(series.scenario)), `${JSON.stringify(series)}\n`),
    close: () => samples.close(),
    async seal({ end, failure }) {
      samples.close();
      const files = await hashEvidence(dir);
      writeRunJson(dir, sealRun(readRunJson(dir).run, { at: new Date().toISOString(), end, failure, files }));
    },
  };
}
