import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolders } from '../machine/make-folders.ts';
import type { CheckEvent } from '../slo/check-record.ts';
import { SuiteError, usageError } from '../slo/errors.ts';
import type { HistoryEvent } from '../slo/history.ts';
import type { Sample } from '../slo/sample.ts';
import type { Exchange } from './exchange.ts';
import { RecordLog } from './record-log.ts';
import { type Run, runFiles } from './run.ts';
import { readRunJson, writeRunJson, writeWhole } from './run-json.ts';
import { hashEvidence, sealRun } from './seal.ts';
import { type SeriesFile, seriesName } from './series.ts';

export interface Recorder<T> {
  write(record: T): void;
}

/** A run folder that is being written. Everything thrown is a `SuiteError` `EVIDENCE_WRITE_FAILED`; what was written before is kept. */
export interface RunFolder {
  readonly dir: string;
  /** As it stands in `run.json`. */
  readonly run: Run;
  /** Replaces parts of `run.json`, atomically. */
  update(patch: Partial<Omit<Run, 'sealed'>>): Promise<void>;
  /** Records are on disk within a second. */
  readonly samples: Recorder<Sample>;
  readonly checks: Recorder<CheckEvent>;
  readonly exchanges: Recorder<Exchange>;
  readonly history: Recorder<HistoryEvent>;
  writeSeries(series: SeriesFile): void;
  /** Writes out what is buffered. Safe to call twice; records may be written again after it. */
  close(): void;
  /** Closes, hashes every evidence file and signs `run.json`. Logs must have been closed before. */
  seal(how: { end: 'finished' | 'interrupted' | 'broken'; failure: string | null }): Promise<void>;
}

/** Makes a new run folder. Throws `USAGE` when something is there already: evidence is never mixed or overwritten. */
export async function createRunFolder(dir: string, run: Run): Promise<RunFolder> {
  const made = making(dir, () => makeFolders(dir));
  if (making(dir, () => readdirSync(dir)).length > 0) {
    throw usageError(
      `The run folder ${dir} is not empty. Name another one with --out, or leave it out for a new one.`,
    );
  }
  return fillRunFolder(dir, run, made);
}

/**
 * Makes a new run folder that is named after its run. Where that name is taken, also by one that starts in this moment, the run gets
 * the next free one: with `-2`, `-3` and so on behind it.
 */
export async function createFreeRunFolder(parent: string, run: Run): Promise<RunFolder> {
  making(parent, () => makeFolders(parent));
  for (let at = 1; ; at++) {
    const id = at === 1 ? run.id : `${run.id}-${at}`;
    const dir = join(parent, id);
    if (making(dir, () => isMadeAnew(dir))) return fillRunFolder(dir, { ...run, id }, dir);
  }
}

/** `made` is the uppermost folder that was made for it. What was made goes again when the run folder cannot be filled. */
function fillRunFolder(dir: string, run: Run, made: string | undefined): RunFolder {
  const mine: string[] = [];
  for (let path = dir; made !== undefined && path.startsWith(made); path = dirname(path))
    mine.push(path);
  try {
    for (const name of [runFiles.series, runFiles.logs]) {
      making(dir, () => mkdirSync(join(dir, name)));
      mine.unshift(join(dir, name));
    }
    writeRunJson(dir, run);
    return openRunFolder(dir);
  } catch (error) {
    mine.forEach(removeEmpty);
    throw error;
  }
}

function removeEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // Somebody else has put something in.
  }
}

/** Makes a folder, or says that something is there already. */
function isMadeAnew(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function making<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SuiteError(
      'EVIDENCE_WRITE_FAILED',
      `The run folder ${dir} cannot be made: ${why}. Name a place where it can with --out.`,
      { cause },
    );
  }
}

/** Goes on writing a run folder. Throws `EVIDENCE_UNREADABLE` when it is none. */
export function openRunFolder(dir: string): RunFolder {
  readRunJson(dir);
  const samples = new RecordLog<Sample>(join(dir, runFiles.samples));
  const checks = new RecordLog<CheckEvent>(join(dir, runFiles.checks));
  const exchanges = new RecordLog<Exchange>(join(dir, runFiles.exchanges));
  const history = new RecordLog<HistoryEvent>(join(dir, runFiles.history));
  const close = () => closeAll([samples, checks, exchanges, history]);
  return {
    dir,
    get run() {
      return readRunJson(dir).run;
    },
    async update(patch) {
      writeRunJson(dir, { ...readRunJson(dir).run, ...patch });
    },
    samples,
    checks,
    exchanges,
    history,
    writeSeries: (series) =>
      writeWhole(
        join(dir, runFiles.series, seriesName(series.scenario)),
        `${JSON.stringify(series)}\n`,
      ),
    close,
    async seal({ end, failure }) {
      close();
      const files = await hashEvidence(dir).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new SuiteError(
          'EVIDENCE_WRITE_FAILED',
          `The run folder ${dir} cannot be sealed: ${why}. Its evidence is gone, in part or in whole.`,
          { cause },
        );
      });
      writeRunJson(
        dir,
        sealRun(readRunJson(dir).run, { at: new Date().toISOString(), end, failure, files }),
      );
    },
  };
}

/** Each, though one cannot be; the first failure is thrown. */
function closeAll(logs: readonly { close(): void }[]): void {
  const failures = logs.flatMap((log) => {
    try {
      log.close();
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (failures.length > 0) throw failures[0];
}
