import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** For tests: a shell at work, in a group of its own, whose name looks like the fields that follow it in `/proc/PID/stat`. */
export async function oddlyNamed(): Promise<ChildProcess & { pid: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'tailgate-test-'));
  const program = join(folder, 'a) Z (b) R 1 2');
  copyFileSync('/bin/sh', program);
  const child = spawn(program, ['-c', 'while :; do :; done'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('a process that runs has a number');
  return Object.assign(child, { pid });
}
