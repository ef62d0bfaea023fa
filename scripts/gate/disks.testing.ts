import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { scratch } from '../../machine/scratch.testing.ts';

/** Folders for tests, among them some that cannot be written. As root a folder's mode does not stop anybody, so these are mounts. */

export type Skip = TestContext['skip'];

/** Has a folder, with all that is in it, be read only until the test ends. */
export function makeReadOnly(skip: Skip, folder: string): void {
  mount(skip, folder, ['--bind', folder], ['-o', 'remount,bind,ro']);
}

/** A small disk of its own; `fill` fills it up. */
export function smallDisk(skip: Skip): { folder: string; fill(): void } {
  const folder = scratch();
  mount(skip, folder, ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs']);
  return {
    folder,
    fill: () => void spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'ballast')}`, 'bs=4k']),
  };
}

function mount(skip: Skip, folder: string, ...calls: string[][]): void {
  try {
    for (const call of calls) execFileSync('mount', [...call, folder], { stdio: 'pipe' });
  } catch {
    skip('nothing can be mounted here: that takes root');
  }
  onTestFinished(() => void execFileSync('umount', [folder]));
}
