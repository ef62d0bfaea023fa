import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { startCommand } from '../../machine/command.testing.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';

/** Gates that are started in the same second and in the same place, without a folder of their own. */

/** A clock that stands, so that the second is the same for all. */
const clock = `data:text/javascript,const At=Date.now();Date=class extends Date{constructor(...a){super(...(a.length?a:[1767225600000]))}}`;

/** Nothing listens at its target, so it ends at once, and leaves a run folder all the same. */
const gate = [
  ...['--import', clock, resolve(import.meta.dirname, '../gate.ts')],
  ...['--url', 'http://127.0.0.1:9', '--api', 'score', '--targets', 'AK-SLO-1', '--quiet'],
];

const startIn = (cwd: string, words: readonly string[]) =>
  startCommand([process.execPath, ...words], { cwd, stdio: 'ignore' }).ended;

const usual = '20260101T000000Z-mlops-aks';

// Beside what else may be there: `evidence/run-folder.test.ts`.
test('two at once: each has a folder of its own, with its own name in it', async () => {
  const cwd = scratch();
  expect(await Promise.all([startIn(cwd, gate), startIn(cwd, gate)])).toEqual([3, 3]);
  const runs = join(cwd, 'runs');
  const names = [usual, `${usual}-2`];
  expect(readdirSync(runs).sort()).toEqual(names);
  for (const name of names) {
    const { run } = await openRun(join(runs, name));
    expect([run.id, run.sealed?.failure]).toEqual([
      name,
      expect.stringContaining('SERVICE_UNREACHABLE'),
    ]);
    expect(readFileSync(join(runs, name, runFiles.summary), 'utf8')).toContain(name);
  }
});

/** Does nothing but make a folder, so that four of these come as close to each other as processes can. */
const folderMaker = [
  '--input-type=module',
  '-e',
  `import { createFreeRunFolder } from ${JSON.stringify(new URL('../../evidence/writer.ts', import.meta.url).href)};
await createFreeRunFolder('runs', ${JSON.stringify({ ...fixture('external').run, id: usual, scenarios: [] })});`,
];

test('four at once: each has a folder of its own, with its own name in it', async () => {
  const cwd = scratch();
  const names = [usual, `${usual}-2`, `${usual}-3`, `${usual}-4`];
  expect(await Promise.all(names.map(() => startIn(cwd, folderMaker)))).toEqual([0, 0, 0, 0]);
  expect(readdirSync(join(cwd, 'runs')).sort()).toEqual(names);
  for (const name of names) expect((await openRun(join(cwd, 'runs', name))).run.id).toBe(name);
});
