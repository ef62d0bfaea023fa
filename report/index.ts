import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Run, runFiles } from '../evidence/run.ts';
import type { Sample } from '../slo/sample.ts';
import type { RunVerdicts } from '../slo/verdict.ts';
import { renderHtml } from './html/page.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { summarise } from './summarise.ts';

export { countNoteWords } from './caveats.ts';
export { renderHtml } from './html/page.ts';
export { renderJunit } from './junit.ts';
export { renderMarkdown } from './markdown.ts';
export { summarise } from './summarise.ts';
export { renderTerminal, type TerminalOptions } from './terminal.ts';
export { progressWords } from './wording.ts';

/**
 * Writes `report.html`, `junit.xml` and `summary.md` into the run folder. The bytes depend on the arguments alone, so a replay writes
 * the same ones. Reads the samples once. Rejects with the file system's own error.
 */
export async function writeReports(options: {
  run: Run;
  verdicts: RunVerdicts;
  samples: AsyncIterable<Sample>;
  dir: string;
}): Promise<void> {
  const { run, verdicts, samples, dir } = options;
  const summaries = await summarise(run, samples);
  await writeFile(join(dir, runFiles.html), renderHtml(run, verdicts, summaries));
  await writeFile(join(dir, runFiles.junit), renderJunit(run, verdicts));
  await writeFile(join(dir, runFiles.summary), renderMarkdown(verdicts));
}
