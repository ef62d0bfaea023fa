import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { reportFiles } from '../../report/index.ts';
import { makeReadOnly } from './disks.testing.ts';
import { readVerdicts, rightAnswer, runJudge, serve, startGate } from './gate-process.testing.ts';
import { recordedRun } from './recorded.testing.ts';

/**
 * Verdicts and exit code come before what a run writes for others to read, whatever becomes of that. All that can become of it:
 * `side-outputs.test.ts`.
 */

/** A gate that asks for less load than could decide anything, so that it ends at once, with 2. `meanwhile` is done while it runs. */
async function undecided(
  env: Record<string, string>,
  meanwhile: (folder: string) => void = () => undefined,
) {
  const url = await serve((_, response) => {
    meanwhile(gate.folder);
    response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer);
  });
  const args = [
    '--url',
    url,
    '--api',
    'score',
    '--targets',
    'AK-SLO-4',
    '--budget',
    '10s',
    '--min-time',
    '5s',
  ];
  const gate = startGate(args, env);
  const code = await gate.ended;
  return { code, folder: gate.folder, text: gate.output() };
}

test('the gate can write nothing: verdicts and exit code as ever, and one warning for each file', async () => {
  // Without a reader, so that whoever waits for one waits for ever.
  const summary = join(scratch(), 'pipe');
  execFileSync('mkfifo', [summary]);
  const { code, text } = await undecided({ GITHUB_STEP_SUMMARY: summary }, (folder) => {
    // A folder that is not empty stands in each file's place.
    for (const name of reportFiles)
      mkdirSync(join(folder, name, 'in-the-way'), { recursive: true });
  });
  expect(code, text).toBe(2);
  expect(text).toContain('AK-SLO-4  ? inconclusive');
  const warnings = text.split('\n').filter((line) => /^Warning: .* cannot be written/.test(line));
  const named = [...reportFiles.map((name) => `/run/${name} `), `GITHUB_STEP_SUMMARY=${summary} `];
  expect(warnings).toEqual(named.map((name) => expect.stringContaining(name)));
  expect(text).toContain('ENXIO');
  expect(text).not.toMatch(/INTERNAL|\n {4}at /);
});

test('the gate can write all: there is nothing to warn of, and the summary of the step is added to', async () => {
  const file = join(scratch(), 'summary.md');
  writeFileSync(file, 'of an earlier step\n');
  const { code, folder, text } = await undecided({ GITHUB_STEP_SUMMARY: file });
  expect(code, text).toBe(2);
  expect(text).toContain('AK-SLO-4  ? inconclusive');
  expect(text).not.toMatch(/Warning: .*(cannot be|GITHUB_STEP_SUMMARY)/);
  expect(readVerdicts(folder).exitCode).toBe(2);
  expect(readFileSync(file, 'utf8')).toMatch(/^of an earlier step\n## .*Inconclusive/);
});

test('judge, of a folder that is read only: verdicts and exit code, and a warning for each', async ({
  skip,
}) => {
  const folder = await recordedRun();
  makeReadOnly(skip, folder);
  const { code, text } = runJudge(folder);
  expect(text).toContain('✓ pass');
  expect(code, text).toBe(0);
  for (const name of reportFiles) expect(text).toMatch(new RegExp(`Warning: .*/${name} .*EROFS`));
  expect(readdirSync(folder)).not.toContain(runFiles.verdicts);
  expect(text).not.toMatch(/INTERNAL|\n {4}at /);
});
