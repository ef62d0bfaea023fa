import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isRunning, processIdentity, processStat } from './processes.mjs';
import { oddlyNamed } from './processes.testing.ts';

test.skipIf(process.platform !== 'linux')(
  'a process is read past whatever stands in its name',
  async () => {
    const { pid } = await oddlyNamed();
    expect(processStat(pid)).toMatchObject({
      parent: process.pid,
      group: pid,
      started: expect.stringMatching(/^\d+$/),
    });
  },
);

test('a process is told from a later one of the same number, and from one that has ended', async () => {
  const child = await oddlyNamed();
  const identity = processIdentity(child.pid) ?? expect.unreachable('it runs');
  expect([isRunning(identity), isRunning({ ...identity, started: '1' })]).toEqual([true, false]);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect([isRunning(identity), processIdentity(child.pid)]).toEqual([false, null]);
});
