import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runFiles } from '../../evidence/run.ts';
import { standing } from '../../machine/standing.ts';
import {
  folderOf,
  plain,
  renderMarkdown,
  renderTerminal,
  type WrittenReports,
  writeReports,
} from '../../report/index.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import type { Derived } from './derive.ts';

/** Verdicts on standard output first; a table that cannot be made is no reason to be without the rest. */
export function show(verdicts: RunVerdicts): void {
  const color = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  // A terminal without a size has none of its columns, and not no columns.
  try {
    process.stdout.write(renderTerminal(verdicts, { width: process.stdout.columns || 120, color }));
  } catch (error) {
    warn([`the table of verdicts cannot be made: ${error instanceof Error ? error.stack : error}`]);
  }
}

/** Writes the files of the run folder. What cannot be written is warned of, and changes nothing else. */
export async function writeFiles(
  { run, verdicts, samples }: Derived,
  dir: string,
): Promise<WrittenReports> {
  const written = await writeReports({ run, verdicts, samples: samples(), dir });
  warn(written.problems);
  return written;
}

/** Says where the page is, if it could be written, as whoever stands here may type it. */
export function sayWhere({ files }: WrittenReports, dir: string): void {
  if (files.includes(runFiles.html))
    process.stdout.write(`\nReport: ${plain(join(relative(standing, dir), runFiles.html))}\n`);
}

const summaryVariable = 'GITHUB_STEP_SUMMARY';

/** Adds to the summary of a CI step, where there is one. */
export function addStepSummary({ run, verdicts }: Derived): void {
  const path = process.env[summaryVariable];
  if (path === undefined || path === '') return;
  try {
    // Not waited for: it may be a pipe without a reader.
    const file = openSync(
      path,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK,
    );
    try {
      writeFileSync(file, renderMarkdown(verdicts, folderOf(run)));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    warn([
      `${summaryVariable}=${path} cannot be written: ${error instanceof Error ? error.message : error}`,
    ]);
  }
}

export function warn(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`Warning: ${problem}\n`);
}
