import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';

/** Gates that are started in the same second and in the same place, without a folder of their own. */

const main = resolve(import.meta.dirname, '../gate.ts');
/** Nothing listens there, so each ends at once, and leaves a run folder all the same. */
const argv = ['--target', 'http://127.0.0.1:9', '--api', 'score', '--targets', 'AK-SLO-1', '--quiet'];

/** A clock that stands, so that the second is the same for all. */
const clock = `data:text/javascript,const At=Date.now();Date=class extends Date{constructor(...a){super(...(a.length?a:[1767225600000]))}}`;

function startIn(cwd: string): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', clock, main, ...argv], { cwd, stdio: 'ignore' });
  return new Promise((ended) => child.once('close', ended));
}

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'two-gates-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const usual = '20260101T000000Z-mlops-aks';

test.for<[string, (runs: string) => void, number, string[]]>([
  ['two at once', () => undefined, 2, [usual, `${usual}-2`]],
  ['four at once', () => undefined, 4, [usual, `${usual}-2`, `${usual}-3`, `${usual}-4`]],
  ['one beside an older run', (runs) => mkdirSync(join(runs, usual, 'logs'), { recursive: true }), 1, [usual, `${usual}-2`]],
  [
    'one beside a folder that somebody just made',
    (runs) => mkdirSync(join(runs, usual), { recursive: true }),
    1,
    [usual, `${usual}-2`],
  ],
  ['one beside a file of that name', (runs) => writeFileSync(join(runs, usual), ''), 1, [usual, `${usual}-2`]],
])('%s: each has a folder of its own, with its own name in it', async ([, prepare, gates, names]) => {
  const cwd = place();
  const runs = join(cwd, 'runs');
  mkdirSync(runs);
  prepare(runs);
  expect(new Set(await Promise.all(Array.from({ length: gates }, () => startIn(cwd))))).toEqual(new Set([3]));
  expect(readdirSync(runs).sort()).toEqual(names);
  for (const name of names.slice(-gates)) {
    const { run } = await openRun(join(runs, name));
    expect([run.id, run.sealed?.failure]).toEqual([name, expect.stringContaining('TARGET_UNREACHABLE')]);
    expect(readFileSync(join(runs, name, runFiles.summary), 'utf8')).toContain(name);
  }
});
