import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { timeStamp } from '../../machine/facts.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { judgedFolder, judgeHere } from './recorded.testing.ts';

/** What a run says of its own folder leads there, as one reads it from where the gate was started. All ways: `names-its-folder.test.ts`. */

const main = resolve(import.meta.dirname, '../gate.ts');
const nobody = ['--url', 'http://127.0.0.1:1', '--api', 'score', '--targets', 'AK-SLO-1'];

/** Two of the ways to say where a run goes, and where that is; without one it is wherever the only run folder is. */
const places: Record<string, { args: string[]; folder?: string }> = {
  'not said, and the name is taken': { args: [] },
  '--out with a space and a quote': { args: ['--out', "it's here"], folder: "it's here" },
};

test.for(Object.entries(places))('%s', async ([, { args, folder }]) => {
  const cwd = scratch();
  for (let seconds = 0; seconds < 60; seconds++) {
    mkdirSync(join(cwd, 'runs', `${timeStamp(new Date(Date.now() + seconds * 1000))}-mlops-aks`), {
      recursive: true,
    });
  }
  const step = join(cwd, 'step.md');
  const env = { ...process.env, INIT_CWD: cwd, GITHUB_STEP_SUMMARY: step };
  const { status, stderr } = spawnSync(process.execPath, [main, ...nobody, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(3);
  const found = folder ?? join('runs', nameIn(join(cwd, 'runs')));
  const summary = readFileSync(join(cwd, found, runFiles.summary), 'utf8');
  for (const text of [summary, readFileSync(step, 'utf8')])
    expect(judgedFolder(text, cwd)).toBe(join(cwd, found));

  // And it says the same wherever the folder has gone since.
  renameSync(join(cwd, found), join(cwd, 'moved'));
  expect((await judgeHere(join(cwd, 'moved'))).text).toContain('byte for byte');
});

function nameIn(runs: string): string {
  return readdirSync(runs).find((name) => existsSync(join(runs, name, runFiles.run))) ?? 'none';
}
