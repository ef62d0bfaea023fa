import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '..');

/** What this copy of Tailgate is: its version, and its commit where it is a git checkout. */
export function tailgateVersion(): { version: string; commit: string | null } {
  return { version: packageVersion(), commit: commit() };
}

export function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(resolve(repository, 'package.json'), 'utf8'),
  );
  return manifest.version;
}

function commit(): string | null {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    return (
      git('rev-parse', 'HEAD') +
      (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '-dirty')
    );
  } catch {
    return null;
  }
}

/** Of this machine, as `run.json` records it. */
export function hostFacts() {
  return {
    os: `${os.type()} ${os.release()}`,
    arch: os.arch(),
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    node: process.version,
  };
}

/** `20261121T063000Z`: sorts by time and is a file name everywhere. */
export function timeStamp(when: Date): string {
  return when.toISOString().replace(/[-:]|\.\d+/g, '');
}
