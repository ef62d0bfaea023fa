import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createJournal } from '../../fixtures/runtime/journal.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { signalGroup, spawnGuarded } from '../../machine/guarded.mjs';
import { isRunning, type ProcessIdentity, processIdentity } from '../../machine/processes.mjs';
import { rightAnswer, serve, startGate } from './gate-process.testing.ts';
import { holdingsOf, leftOf, partOf } from './holdings.testing.ts';

/** Another run of Tailgate beside the gate under test, as a second terminal or another checkout would start it. */

const parts = ['k6', 'prometheus', 'haproxy', 'node'];

/** A run with a watchdog and a journal of its own, whose parts have the names of a gate's and do nothing. */
async function startNeighbour(): Promise<ProcessIdentity[]> {
  const watchdog = await startWatchdog();
  onTestFinished(() => watchdog.close());
  const folder = watchdog.makeFolder();
  return Promise.all(
    parts.map(async (name) => {
      const path = join(folder, name);
      copyFileSync('/bin/sleep', path);
      const child = spawnGuarded(path, ['600'], {
        env: process.env,
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      onTestFinished(() => signalGroup(child, 'SIGKILL'));
      await once(child, 'spawn');
      const identity = processIdentity(child.pid ?? 0);
      if (identity === null) throw new Error(`${name} of the neighbour does not run`);
      return identity;
    }),
  );
}

const loaded = [
  '--runtime',
  'processes',
  '--only',
  'AK-SLO-1',
  '--rate',
  '50',
  '--budget',
  '30s',
  '--warmup',
  '1s',
];

test('a run beside is left alone: none of its parts is taken for the gate’s, nor killed, nor counted as left over', async () => {
  const earlier = await startNeighbour();
  const gate = startGate(loaded);
  await gate.said(/judged load, \d+ s/);
  const later = await startNeighbour();
  const neighbours = [...earlier, ...later];
  const taken = parts.filter((name) => neighbours.some(({ pid }) => pid === partOf(gate, name)));
  expect(taken).toEqual([]);
  process.kill(partOf(gate, 'k6'), 'SIGKILL');
  expect(await gate.ended).toBe(3);
  expect(await leftOf(gate)).toEqual([]);
  expect(neighbours.filter((part) => !isRunning(part))).toEqual([]);
});

const temporary = (prefix: string) => {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  onTestFinished(() => rmSync(folder, { recursive: true }));
};

/** What another run may start. */
const starts: Record<string, () => unknown> = {
  'a whole run': startNeighbour,
  'a journal': () => {
    const journal = createJournal();
    onTestFinished(() => rmSync(journal));
  },
  'a folder of other parts': () => temporary('tailgate-'),
  'a plan of another load': () => temporary('tailgate-plan-'),
  'a folder of other tests': () => temporary('tailgate-test-'),
};

test(`what a run beside starts meanwhile is not left over from the gate: ${Object.keys(starts).join(', ')}`, async () => {
  let requests = 0;
  const loadFlows = Promise.withResolvers<void>();
  const url = await serve((_, response) => {
    if (++requests === 20) loadFlows.resolve();
    response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer);
  });
  const gate = startGate([
    '--url',
    url,
    '--api',
    'score',
    '--targets',
    'AK-SLO-1',
    '--rate',
    '100',
    '--budget',
    '30s',
  ]);
  await Promise.race([loadFlows.promise, gate.ended]);
  for (const start of Object.values(starts)) await start();
  const held = await holdingsOf(gate);
  expect(held.filter((thing) => thing.startsWith('process '))).toEqual(
    expect.arrayContaining([expect.stringMatching(/k6/), expect.stringMatching(/watchdog/)]),
  );
  expect(held).toContain(gate.journal());
  gate.child.kill('SIGKILL');
  await gate.ended;
  expect(await leftOf(gate)).toEqual([]);
});
