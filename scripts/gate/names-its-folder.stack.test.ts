import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { timeStamp } from '../../fixtures/facts.ts';
import { scratch } from './disks.testing.ts';

/** What a run says of its own folder leads there, as one reads it from where the gate was started. */

const script = (name: string) => resolve(import.meta.dirname, `../${name}.ts`);
const nobody = ['--target', 'http://127.0.0.1:1', '--api', 'score', '--only', 'AK-SLO-1'];

/** Ways to say where a run goes, and where that is; without one it is wherever the only run folder is. */
const places: Record<string, { args: string[]; folder?: string; before?(cwd: string): void }> = {
  'not said': { args: [] },
  'not said, and the name is taken': {
    args: [],
    before: (cwd) => {
      for (let seconds = 0; seconds < 60; seconds++) {
        mkdirSync(join(cwd, 'runs', `${timeStamp(new Date(Date.now() + seconds * 1000))}-mlops-aks`), { recursive: true });
      }
    },
  },
  '--out': { args: ['--out', 'here'], folder: 'here' },
  '--out in folders that are not there yet': { args: ['--out', 'a/b/here'], folder: 'a/b/here' },
  '--out=': { args: ['--out=here'], folder: 'here' },
  '--out twice: the last one counts': { args: ['--out', 'there', '--out', 'here'], folder: 'here' },
  '--out with a space and a quote': { args: ['--out', "it's here"], folder: "it's here" },
  '--out with ticks': { args: ['--out', '`here`'], folder: '`here`' },
};

test.for(Object.entries(places))('%s', async ([, { args, folder, before }]) => {
  const cwd = scratch();
  before?.(cwd);
  const step = join(cwd, 'step.md');
  const env = { ...process.env, INIT_CWD: cwd, GITHUB_STEP_SUMMARY: step };
  const { status, stderr } = spawnSync(process.execPath, [script('gate'), ...nobody, ...args], { cwd, env, encoding: 'utf8' });
  expect(status, stderr).toBe(3);
  const found = folder ?? join('runs', nameIn(join(cwd, 'runs')));
  const summary = readFileSync(join(cwd, found, runFiles.summary), 'utf8');
  for (const text of [summary, readFileSync(step, 'utf8')]) expect(judged(text, cwd)).toBe(join(cwd, found));

  // And it says the same wherever the folder has gone since.
  renameSync(join(cwd, found), join(cwd, 'moved'));
  const again = spawnSync(process.execPath, [script('judge'), 'moved'], { cwd, env, encoding: 'utf8' });
  expect(again.stdout).toContain('byte for byte');
});

function nameIn(runs: string): string {
  return readdirSync(runs).find((name) => existsSync(join(runs, name, runFiles.run))) ?? 'none';
}

/** The folder that the command in a summary means, as a shell reads it. */
function judged(summary: string, cwd: string): string {
  const [, fence = '', command = ''] = /(`+) ?(npm run judge -- .*?) ?\1(?!`)/.exec(summary) ?? [];
  expect(fence).not.toBe('');
  const words = command.replace('npm run judge --', `printf '%s'`);
  return resolve(cwd, spawnSync('sh', ['-c', words], { cwd, encoding: 'utf8' }).stdout);
}
