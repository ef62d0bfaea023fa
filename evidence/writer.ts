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
  making(dir, () => {
    mkdirSync(dir, { recursive: true });
    if (readdirSync(dir).length > 0) {
      throw usageError(`The run folder ${dir} is not empty. Name another one with --out, or leave it out for a new one.`);
    }
  });
  return fill(dir, run);
}

/**
 * Makes a new run folder of the run's id under `parent`, or of the first free one of `<id>-2`, `<id>-3` and so on, which is the run's id then:
 * several runs can be started in one second. A name is taken by making the folder, so nobody else has it.
 */
export async function createFreeRunFolder(parent: string, run: Run): Promise<RunFolder> {
  making(parent, () => mkdirSync(parent, { recursive: true }));
  for (let copy = 1; ; copy++) {
    const id = copy === 1 ? run.id : `${run.id}-${copy}`;
    const dir = join(parent, id);
    if (making(dir, () => takeName(dir))) return fill(dir, { ...run, id });
  }
}

function takeName(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function fill(dir: string, run: Run): RunFolder {
  making(dir, () => {
    for (const folder of [runFiles.series, runFiles.logs]) mkdirSync(join(dir, folder));
  });
  writeRunJson(dir, run);
  return openRunFolder(dir);
}

function making<T>(dir: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof SuiteError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SuiteError(
      'EVIDENCE_WRITE_FAILED',
      `The run folder ${dir} cannot be made: ${why}. Name one that can be written with --out.`,
      { cause },
    );
  }
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
