import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { scratch } from './scratch.testing.ts';

/** For tests: a shell at work, in a group of its own, whose name looks like the fields that follow it in `/proc/PID/stat`. */
export async function oddlyNamed(): Promise<ChildProcess & { pid: number }> {
  const program = join(scratch(), 'a) Z (b) R 1 2');
  copyFileSync('/bin/sh', program);
  const child = spawn(program, ['-c', 'while :; do :; done'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('a process that runs has a number');
  return Object.assign(child, { pid });
}
