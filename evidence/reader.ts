import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { z } from 'zod';
import { type CheckEvent, checkEventSchema } from '../slo/check-record.ts';
import { SuiteError } from '../slo/errors.ts';
import { type HistoryEvent, historyEventSchema } from '../slo/history.ts';
import { loadSuite, planRun } from '../slo/judge/plan.ts';
import { localLimits, outcomes, phases, type Sample } from '../slo/sample.ts';
import { type Exchange, exchangeSchema } from './exchange.ts';
import { type Run, runFiles } from './run.ts';
import { readRunJson } from './run-json.ts';
import { hashEvidence, hashRun } from './seal.ts';

/** How a run folder compares with what was sealed. */
interface Verification {
  sealed: boolean;
  /** Something differs from what was sealed: the evidence proves nothing any more. */
  altered: boolean;
  changed: string[];
  missing: string[];
  added: string[];
  /** The same for a person, one sentence each; empty when all is as it was sealed. */
  warnings: string[];
}

/** A run folder to judge. */
interface RunEvidence {
  readonly dir: string;
  readonly run: Run;
  /** In the order they were written. Streams: memory does not grow with the run. Ends at damage, and then says so in `warnings`. */
  samples(): AsyncGenerator<Sample, void, undefined>;
  /** What the checks noted, in the order they did. */
  checks(): AsyncGenerator<CheckEvent, void, undefined>;
  /** What the checks asked, and what came back. */
  exchanges(): AsyncGenerator<Exchange, void, undefined>;
  /** What happened to the stacks of the run, in the order it was noted. */
  history(): AsyncGenerator<HistoryEvent, void, undefined>;
  /** What was wrong with the records that were read so far, each said once. */
  readonly warnings: readonly string[];
  verify(): Promise<Verification>;
}

/**
 * Throws `EVIDENCE_UNREADABLE` when the folder has no valid `run.json`, or holds a pipe, a device or a folder where a file should be; `USAGE`
 * when it is of another schema version.
 */
export async function openRun(dir: string): Promise<RunEvidence> {
  refuseNoFiles(dir);
  const { run, raw } = readRunJson(dir);
  const warnings = new Set<string>();
  const warn = (warning: string) => void warnings.add(warning);
  return {
    dir,
    run,
    samples: () => readSamples(dir, run, warn),
    checks: () =>
      readAny(
        dir,
        { file: runFiles.checks, noun: 'of a check', read: readAs(checkEventSchema) },
        warn,
      ),
    exchanges: () =>
      readAny(
        dir,
        { file: runFiles.exchanges, noun: 'an exchange', read: readAs(exchangeSchema) },
        warn,
      ),
    history: () =>
      readAny(
        dir,
        { file: runFiles.history, noun: 'of the history', read: readAs(historyEventSchema) },
        warn,
      ),
    get warnings() {
      return [...warnings];
    },
    verify: () => verify(dir, run, raw),
  };
}

/** Whoever reads a pipe waits for somebody who writes it. What cannot be looked at is left to its reader. */
function refuseNoFiles(dir: string): void {
  const series = join(dir, runFiles.series);
  for (const path of [...Object.values(runFiles).map((name) => join(dir, name)), ...within(series)])
    if (kindOf(path) === 'other')
      throw new SuiteError(
        'EVIDENCE_UNREADABLE',
        `${path} is no file but a pipe, a socket or a device. A run folder has none; remove it.`,
      );
  for (const path of [...records.map((name) => join(dir, name)), ...within(series)])
    if (kindOf(path) === 'folder')
      throw new SuiteError(
        'EVIDENCE_UNREADABLE',
        `${path} is no file but a folder. A run folder has none there; remove it.`,
      );
}

/** What is read line by line. A folder in place of a file that is written last is told by its writer. */
const records = [runFiles.samples, runFiles.checks, runFiles.exchanges, runFiles.history];

function within(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Undefined where there is nothing, or it cannot be looked at. */
function kindOf(path: string): 'file' | 'folder' | 'other' | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch {
    return undefined;
  }
}

type Warn = (warning: string) => void;

/** One kind of record: its file, what a line of it is called, and how one is read. */
interface Kind<T> {
  file: string;
  noun: string;
  read(line: string): T | undefined;
}

/** The records of a file. Streams; ends at damage, and says so. */
async function* readRecords<T>(
  dir: string,
  { file, noun, read }: Kind<T>,
  warn: Warn,
): AsyncGenerator<T, void, undefined> {
  // One string per record would be copied twice more by a line reader; whole blocks of lines are split at once.
  const zipped = createReadStream(join(dir, file), { highWaterMark: 256 * 1024 });
  const unzipped = zipped.pipe(createGunzip({ chunkSize: 256 * 1024 }));
  unzipped.setEncoding('utf8');
  // A pipe hands no error on, and one that nobody hears would end the process.
  zipped.on('error', (error) => unzipped.destroy(error));
  let rest = '';
  let count = 0;
  try {
    for await (const chunk of unzipped) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const record = read(line);
        if (record === undefined) {
          warn(`${file}: line ${count + 1} is not ${noun}; it and what follows it is left out.`);
          return;
        }
        count++;
        yield record;
      }
    }
    if (rest !== '') warn(`${file} ends in the middle of a line after ${count} records.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    warn(
      `${file} is broken off or damaged after ${count} records (${why}); what was before that is used.`,
    );
  }
}

async function* readSamples(
  dir: string,
  run: Run,
  warn: Warn,
): AsyncGenerator<Sample, void, undefined> {
  if (existsSync(join(dir, runFiles.samples)))
    yield* readRecords(dir, { file: runFiles.samples, noun: 'a sample', read: readSample }, warn);
  else if (isLoadPlanned(run)) warn(`There is no ${runFiles.samples}: no sample was recorded.`);
}

function isLoadPlanned({ profiles, targets, suites }: Run): boolean {
  return planRun(profiles, targets, suites.includes(loadSuite)).objectives > 0;
}

/** There need not be any. */
async function* readAny<T>(
  dir: string,
  kind: Kind<T>,
  warn: Warn,
): AsyncGenerator<T, void, undefined> {
  if (existsSync(join(dir, kind.file))) yield* readRecords(dir, kind, warn);
}

function readAs<T>(schema: z.ZodType<T>): (line: string) => T | undefined {
  return (line) => {
    try {
      return schema.safeParse(JSON.parse(line)).data;
    } catch {
      return undefined;
    }
  };
}

/** Checks what a decision can hang on, by hand: the schema would take ten times as long, for lines that this code wrote itself. */
function readSample(line: string): Sample | undefined {
  let sample: Sample;
  try {
    sample = JSON.parse(line);
  } catch {
    return undefined;
  }
  const numbers =
    sample !== null &&
    typeof sample === 'object' &&
    Number.isInteger(sample.index) &&
    typeof sample.intendedStart === 'number' &&
    typeof sample.start === 'number' &&
    typeof sample.end === 'number' &&
    Number.isInteger(sample.status);
  const names =
    numbers &&
    typeof sample.scenario === 'string' &&
    phases.includes(sample.phase) &&
    outcomes.includes(sample.outcome);
  if (sample?.outcome === 'local' && !localLimits.some((limit) => limit === sample.limit))
    return undefined;
  return names ? sample : undefined;
}

async function verify(dir: string, run: Run, raw: object): Promise<Verification> {
  if (run.sealed === undefined) {
    const warning =
      'The run was not sealed: it was killed, or is still running. Its evidence cannot be told from altered evidence.';
    return {
      sealed: false,
      altered: false,
      changed: [],
      missing: [],
      added: [],
      warnings: [warning],
    };
  }
  const now = await hashEvidence(dir);
  const { files, self } = run.sealed;
  const changed = Object.keys(files).filter((path) => path in now && now[path] !== files[path]);
  const missing = Object.keys(files).filter((path) => !(path in now));
  const added = Object.keys(now).filter((path) => !(path in files));
  if (hashRun(raw) !== self) changed.unshift(runFiles.run);
  const warnings = [
    ...changed.map((path) => `${path} was altered after the run.`),
    ...missing.map((path) => `${path} was removed after the run.`),
    ...added.map((path) => `${path} was added after the run.`),
  ];
  return { sealed: true, altered: warnings.length > 0, changed, missing, added, warnings };
}
