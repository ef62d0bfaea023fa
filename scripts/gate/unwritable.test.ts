import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createFreeRunFolder, createRunFolder } from '../../evidence/writer.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { fakeGo, fakeMachine } from '../../fixtures/tools/fake-machine.testing.ts';
import { ensureTool } from '../../fixtures/tools/index.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import { makeReadOnly, type Skip, smallDisk } from './disks.testing.ts';

/**
 * Folders that cannot be written: the message names the path, the variable that leads to it, and what would be right. That the commands
 * meet them in time, and end with 3: `unwritable.command.test.ts`.
 */

afterEach(() => {
  vi.unstubAllEnvs();
});

function aFile(): string {
  const path = join(scratch(), 'file');
  writeFileSync(path, '');
  return path;
}

function aReadOnlyFolder(skip: Skip): string {
  const folder = scratch();
  makeReadOnly(skip, folder);
  return folder;
}

function aFullDisk(skip: Skip): string {
  const { folder, fill } = smallDisk(skip);
  fill();
  return folder;
}

interface Place {
  /** A run folder that is asked for. */
  out?: string;
  /** Folder for those that get their names by themselves. */
  runs?: string;
  /** What has to be in the message, beside the path. */
  names: string[];
  /** What has to be as empty at the end as it was. */
  empty?: string;
}

const runFolders: Record<string, (skip: Skip) => Place> = {
  '--out below a file': () => ({ out: join(aFile(), 'run'), names: ['--out'] }),
  '--out is a file': () => ({ out: aFile(), names: ['--out'] }),
  '--out on a disk that is read only': (skip) => ({
    out: join(aReadOnlyFolder(skip), 'run'),
    names: ['--out'],
  }),
  '--out on a full disk': (skip) => {
    const disk = aFullDisk(skip);
    return { out: join(disk, 'run'), names: ['no space'], empty: disk };
  },
  '--out is an empty folder of a full disk': (skip) => {
    const disk = smallDisk(skip);
    const out = join(disk.folder, 'run');
    mkdirSync(out);
    disk.fill();
    return { out, names: ['no space'], empty: out };
  },
  'runs is a file': () => ({ runs: aFile(), names: ['--out'] }),
  'runs cannot be made': (skip) => ({
    runs: join(aReadOnlyFolder(skip), 'runs'),
    names: ['--out'],
  }),
  'runs is a link to a disk that is not there': () => {
    const runs = join(scratch(), 'runs');
    symlinkSync('/nonexistent/runs', runs);
    return { runs, names: ['--out'] };
  },
};

test.for(Object.entries(runFolders))('a run folder: %s', async ([, make], { skip }) => {
  const { out, runs = '', names, empty } = make(skip);
  const before = empty === undefined ? [] : readdirSync(empty);
  const { run } = fixture('pass');
  const made = out === undefined ? createFreeRunFolder(runs, run) : createRunFolder(out, run);
  await expect(made).rejects.toMatchObject({
    code: 'EVIDENCE_WRITE_FAILED',
    message: containing(out ?? runs, ...names),
  });
  if (empty !== undefined) expect(readdirSync(empty)).toEqual(before);
});

interface Led {
  /** By way of a variable: unset is undefined. */
  env: Record<string, string | undefined>;
  names: string[];
}

const variables: Record<string, (skip: Skip) => Led> = {
  'XDG_CACHE_HOME is a file': () => {
    const path = aFile();
    return { env: { XDG_CACHE_HOME: path }, names: [`XDG_CACHE_HOME=${path}`] };
  },
  'XDG_CACHE_HOME is below a file': () => {
    const path = join(aFile(), 'cache');
    return { env: { XDG_CACHE_HOME: path }, names: [`XDG_CACHE_HOME=${path}`] };
  },
  'XDG_CACHE_HOME is read only': (skip) => {
    const path = aReadOnlyFolder(skip);
    return { env: { XDG_CACHE_HOME: path }, names: [`XDG_CACHE_HOME=${path}`, 'read-only'] };
  },
  'XDG_CACHE_HOME is on a full disk': (skip) => {
    const path = aFullDisk(skip);
    return { env: { XDG_CACHE_HOME: path }, names: [`XDG_CACHE_HOME=${path}`, 'no space'] };
  },
  'HOME is a file': () => {
    const path = aFile();
    return {
      env: { XDG_CACHE_HOME: undefined, HOME: path },
      names: [`HOME=${path}`, 'XDG_CACHE_HOME'],
    };
  },
  'HOME is below a file': () => {
    const path = join(aFile(), 'home');
    return { env: { XDG_CACHE_HOME: undefined, HOME: path }, names: [`HOME=${path}`] };
  },
  'HOME is read only, and XDG_CACHE_HOME empty': (skip) => {
    const path = aReadOnlyFolder(skip);
    return { env: { XDG_CACHE_HOME: '', HOME: path }, names: [`HOME=${path}`, 'read-only'] };
  },
  'TMPDIR is not there': () => ({
    env: { TMPDIR: '/nonexistent/tmp' },
    names: ['TMPDIR=/nonexistent/tmp'],
  }),
  'TMPDIR is a file': () => {
    const path = aFile();
    return { env: { TMPDIR: path }, names: [`TMPDIR=${path}`] };
  },
  'TMPDIR is read only': (skip) => {
    const path = aReadOnlyFolder(skip);
    return { env: { TMPDIR: path }, names: [`TMPDIR=${path}`, 'read-only'] };
  },
  'TMPDIR is on a full disk': (skip) => {
    const path = aFullDisk(skip);
    return { env: { TMPDIR: path }, names: [`TMPDIR=${path}`, 'no space'] };
  },
  'TMP is not there, and TMPDIR not set': () => ({
    env: { TMPDIR: undefined, TMP: '/nonexistent/tmp' },
    names: ['TMP=/nonexistent/tmp'],
  }),
};

/** What gate and `npm run up` start with. */
test.for(Object.entries(variables))('what a run needs: %s', async ([, make], { skip }) => {
  const { env, names } = make(skip);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const started = startWatchdog().then((watchdog) => watchdog.close());
  await expect(started).rejects.toMatchObject({
    code: 'FOLDER_NOT_WRITABLE',
    message: containing(...names),
  });
});

describe('a tool that would have to be built', () => {
  test.for(['locks', 'tools', 'drafts'])(
    'the cache holds a file where its folder %s should be',
    async (part) => {
      const machine = fakeMachine();
      machine.executable('bin/go', fakeGo);
      mkdirSync(machine.cache, { recursive: true });
      writeFileSync(join(machine.cache, part), '');
      await expect(ensureTool('k6', machine)).rejects.toMatchObject({
        code: 'TOOL_BUILD_FAILED',
        message: containing(`XDG_CACHE_HOME=${machine.root}/cache`, `${machine.cache}/${part}`),
      });
      expect(existsSync(join(machine.root, 'builds'))).toBe(false);
    },
  );

  test('the cache is read only', async ({ skip }) => {
    const machine = fakeMachine();
    machine.executable('bin/go', fakeGo);
    mkdirSync(machine.cache, { recursive: true });
    makeReadOnly(skip, machine.cache);
    await expect(ensureTool('k6', machine)).rejects.toMatchObject({
      code: 'TOOL_BUILD_FAILED',
      message: containing(`XDG_CACHE_HOME=${machine.root}/cache`, 'read-only'),
    });
  });
});

/** A text that has all of these in it. */
function containing(...parts: string[]) {
  return expect.toSatisfy(
    (text: string) => parts.every((part) => text.includes(part)),
    `has ${parts.join(', ')} in it`,
  );
}
