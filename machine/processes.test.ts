import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isRunning, processIdentity, processStat } from './processes.mjs';
import { oddlyNamed } from './processes.testing.ts';

const isLinux = process.platform === 'linux';

test.skipIf(!isLinux)('a process is read past whatever stands in its name, until it has ended', async () => {
  const child = await oddlyNamed();
  expect(processStat(child.pid)).toMatchObject({ parent: process.pid, group: child.pid });
  const identity = processIdentity(child.pid);
  expect(identity).toEqual({ pid: child.pid, started: expect.stringMatching(/^\d+$/) });
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect([processStat(child.pid), processIdentity(child.pid)]).toEqual([undefined, null]);
});

test('a later process of the same number is another one', () => {
  const self = processIdentity(process.pid);
  expect([self && isRunning(self), isRunning({ pid: process.pid, started: '1' })]).toEqual([true, false]);
});
