import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { folderOf, renderMarkdown, type WrittenReports, writeReports } from '../../report/index.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import type { Derived } from './derive.ts';
import { printVerdicts } from './print-verdicts.ts';

/** Verdicts on standard output first; a table that cannot be made is no reason to be without the rest. */
export function show(verdicts: RunVerdicts, dir: string): void {
  try {
    printVerdicts(verdicts, dir);
  } catch (error) {
    warn([`the table of verdicts cannot be made: ${error instanceof Error ? error.stack : error}`]);
  }
}

/** Writes the files of the run folder. What cannot be written is warned of, and changes nothing else. */
export async function writeFiles({ run, verdicts, samples }: Derived, dir: string): Promise<WrittenReports> {
  const written = await writeReports({ run, verdicts, samples: samples(), dir });
  warn(written.problems);
  return written;
}

const summaryVariable = 'GITHUB_STEP_SUMMARY';

/** Adds to the summary of a CI step, where there is one. */
export function addStepSummary({ run, verdicts }: Derived): void {
  const path = process.env[summaryVariable];
  if (path === undefined || path === '') return;
  try {
    // Not waited for: it may be a pipe without a reader.
    const file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK);
    try {
      writeFileSync(file, renderMarkdown(verdicts, folderOf(run)));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    warn([`${summaryVariable}=${path} cannot be written: ${error instanceof Error ? error.message : error}`]);
  }
}

export function warn(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`Warning: ${problem}\n`);
}
