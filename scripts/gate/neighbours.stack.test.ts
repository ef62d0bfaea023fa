import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createJournal, registerProcessGroup } from '../../fixtures/runtime/journal.ts';
import { isRunning, type ProcessIdentity, processIdentity } from '../../fixtures/runtime/process-identity.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { holdingsOfAll, leftSince, partOf, runGate, startGate } from './gate-process.ts';

/** Another run of Tailgate beside the gate under test, as a second terminal or another checkout would start it. */

const parts = ['k6', 'prometheus', 'haproxy', 'redis-server', 'node'];

/** A run with a watchdog and a journal of its own, whose parts have the names of a gate's and do nothing. */
async function startNeighbour(): Promise<ProcessIdentity[]> {
  const watchdog = await startWatchdog();
  onTestFinished(() => watchdog.close());
  const folder = watchdog.makeFolder();
  return Promise.all(
    parts.map(async (name) => {
      const path = join(folder, name);
      copyFileSync('/bin/sleep', path);
      const child = spawn(path, ['600'], { env: { ...process.env, ...watchdog.env }, detached: true, stdio: 'ignore' });
      await once(child, 'spawn');
      const identity = processIdentity(child.pid ?? 0);
      if (identity === null) throw new Error(`${name} of the neighbour does not run`);
      registerProcessGroup(watchdog.journal, identity.pid);
      return identity;
    }),
  );
}

test('a run beside is left alone: none of its parts is taken for the gate’s, nor killed, nor counted as left over', async () => {
  const earlier = await startNeighbour();
  const before = await holdingsOfAll();
  const gate = startGate(['--runtime', 'processes', '--only', 'AK-SLO-1', '--rate', '50', '--budget', '30s', '--warmup', '1s']);
  await gate.said(/judged load, \d+ s/);
  const later = await startNeighbour();
  const neighbours = [...earlier, ...later];
  const taken = parts.filter((name) => neighbours.some(({ pid }) => pid === partOf(gate, name)));
  expect(taken).toEqual([]);
  process.kill(partOf(gate, 'k6'), 'SIGKILL');
  expect(await gate.ended).toBe(3);
  expect(await leftSince(before)).toEqual([]);
  expect(neighbours.filter((part) => !isRunning(part))).toEqual([]);
});

describe('what a run beside starts meanwhile is not left over from the gate', () => {
  const temporary = (prefix: string) => {
    const folder = mkdtempSync(join(tmpdir(), prefix));
    onTestFinished(() => rmSync(folder, { recursive: true }));
  };

  test.for([
    ['a whole run', () => startNeighbour()],
    [
      'a journal',
      () => {
        const journal = createJournal();
        onTestFinished(() => rmSync(journal));
      },
    ],
    ['a folder of its parts', () => temporary('tailgate-')],
    ['a plan of its load', () => temporary('tailgate-plan-')],
    ['a folder of its tests', () => temporary('tailgate-test-')],
  ] as const)('%s', async ([, start]) => {
    const before = await holdingsOfAll();
    await start();
    const { code } = await runGate(['--profile', 'mlops-ask']);
    expect(code).toBe(64);
    expect(await leftSince(before)).toEqual([]);
  });
});
