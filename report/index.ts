import { join } from 'node:path';
import { type Run, runFiles } from '../evidence/run.ts';
import { writeWhole } from '../evidence/run-json.ts';
import type { Sample } from '../slo/sample.ts';
import type { RunVerdicts } from '../slo/verdict.ts';
import { folderOf } from './content/run-folder.ts';
import { summarise } from './content/summarise.ts';
import { renderHtml } from './html/page.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';

export { countNoteWords } from './content/caveats.ts';
export { plain } from './content/format.ts';
export { progressWords } from './content/progress.ts';
export { folderOf } from './content/run-folder.ts';
export { objectiveWords, stopWords } from './content/wording.ts';
export { renderMarkdown } from './markdown.ts';
export { renderTerminal } from './terminal.ts';
export { terminalTable } from './terminal-table.ts';

export interface ReportInput {
  run: Run;
  verdicts: RunVerdicts;
  samples: AsyncIterable<Sample>;
}

/** What is derived of a run, by the name of its file, in the order in which it is written. The bytes depend on the input alone. */
const makers: Record<string, (input: ReportInput) => string | Promise<string>> = {
  [runFiles.verdicts]: ({ verdicts }) => `${JSON.stringify(verdicts, null, 2)}\n`,
  [runFiles.junit]: ({ run, verdicts }) => renderJunit(run, verdicts),
  [runFiles.summary]: ({ run, verdicts }) => renderMarkdown(verdicts, folderOf(run)),
  [runFiles.html]: async ({ run, verdicts, samples }) =>
    renderHtml(run, verdicts, await summarise(run, samples)),
};

/** The names of all files that are derived. */
export const reportFiles: readonly string[] = Object.keys(makers);

export interface WrittenReports {
  /** What could be made, by the name of its file, whether or not it could be written. */
  texts: Map<string, string>;
  /** What could be written. */
  files: string[];
  /** One sentence for each file that could not be made or written. */
  problems: string[];
}

/**
 * Writes the derived files into the run folder, each by itself: one that cannot be made or written does not keep the others. Each is
 * there as a whole, or as it was. Reads the samples once. Never rejects.
 */
export async function writeReports({
  dir,
  ...input
}: ReportInput & { dir: string }): Promise<WrittenReports> {
  const written: WrittenReports = { texts: new Map(), files: [], problems: [] };
  for (const [name, make] of Object.entries(makers)) {
    const path = join(dir, name);
    let text: string;
    try {
      text = await make(input);
    } catch (error) {
      written.problems.push(
        `${path} cannot be made: ${error instanceof Error ? error.stack : error}`,
      );
      continue;
    }
    written.texts.set(name, text);
    try {
      writeWhole(path, text);
      written.files.push(name);
    } catch (error) {
      written.problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return written;
}
