import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeGo, fakeMachine } from '../../fixtures/tools/fakes.ts';
import { ensureTool } from '../../fixtures/tools/index.ts';
import { makeReadOnly, type Skip, scratch, smallDisk } from './disks.testing.ts';

/** Folders that cannot be written: exit code 3, and the message names the path, the variable that leads to it, and what would be right. */

const script = (name: string) => resolve(import.meta.dirname, `../${name}.ts`);
/** A target that nobody listens at: what is wrong with the folders is said before. */
const gate = ['gate', '--target', 'http://127.0.0.1:1', '--api', 'score', '--only', 'AK-SLO-1'];

interface Place {
  args?: string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** What has to be in the message. */
  names: string[];
  /** What has to be as empty at the end as it was. */
  empty?: string;
}

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

const runFolders: Record<string, (skip: Skip) => Place> = {
  '--out below a file': () => {
    const out = join(aFile(), 'run');
    return { args: ['--out', out], names: ['EVIDENCE_WRITE_FAILED', '--out', out] };
  },
  '--out is a file': () => {
    const out = aFile();
    return { args: ['--out', out], names: ['EVIDENCE_WRITE_FAILED', '--out', out] };
  },
  '--out on a disk that is read only': (skip) => {
    const out = join(aReadOnlyFolder(skip), 'run');
    return { args: ['--out', out], names: ['EVIDENCE_WRITE_FAILED', '--out', out] };
  },
  '--out on a full disk': (skip) => {
    const disk = aFullDisk(skip);
    return {
      args: ['--out', join(disk, 'run')],
      names: ['EVIDENCE_WRITE_FAILED', join(disk, 'run'), 'no space'],
      empty: disk,
    };
  },
  '--out is an empty folder of a full disk': (skip) => {
    const disk = smallDisk(skip);
    const out = join(disk.folder, 'run');
    mkdirSync(out);
    disk.fill();
    return { args: ['--out', out], names: ['EVIDENCE_WRITE_FAILED', out, 'no space'], code: 3, empty: out };
  },
  'runs is a file': () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'runs'), '');
    return { cwd, names: ['EVIDENCE_WRITE_FAILED', join(cwd, 'runs'), '--out'] };
  },
  'runs cannot be made': (skip) => {
    const cwd = aReadOnlyFolder(skip);
    return { cwd, names: ['EVIDENCE_WRITE_FAILED', join(cwd, 'runs'), '--out'] };
  },
  'runs is a link to a disk that is not there': () => {
    const cwd = scratch();
    symlinkSync('/nonexistent/runs', join(cwd, 'runs'));
    return { cwd, names: ['EVIDENCE_WRITE_FAILED', join(cwd, 'runs'), '--out'] };
  },
};

/** By way of a variable: unset is undefined. */
const variables: Record<string, (skip: Skip) => Place> = {
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
    return { env: { XDG_CACHE_HOME: undefined, HOME: path }, names: [`HOME=${path}`, 'XDG_CACHE_HOME'] };
  },
  'HOME is below a file': () => {
    const path = join(aFile(), 'home');
    return { env: { XDG_CACHE_HOME: undefined, HOME: path }, names: [`HOME=${path}`] };
  },
  'HOME is read only, and XDG_CACHE_HOME empty': (skip) => {
    const path = aReadOnlyFolder(skip);
    return { env: { XDG_CACHE_HOME: '', HOME: path }, names: [`HOME=${path}`, 'read-only'] };
  },
  'TMPDIR is not there': () => ({ env: { TMPDIR: '/nonexistent/tmp' }, names: ['TMPDIR=/nonexistent/tmp'] }),
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

async function says(
  [command = '', ...args]: readonly string[],
  { args: more = [], env = {}, cwd = scratch(), names, empty }: Place,
) {
  const before = empty === undefined ? [] : readdirSync(empty);
  const inherited = Object.fromEntries(
    Object.entries({ ...process.env, INIT_CWD: cwd, ...env }).filter(([, value]) => value !== undefined),
  );
  const child = spawn(process.execPath, [script(command), ...args, ...more], {
    cwd,
    env: inherited,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = await new Promise((done) => child.once('close', done));
  // The table of verdicts wraps its warnings.
  const flat = text.replaceAll(/\s+/g, ' ');
  for (const name of names) expect(flat).toContain(name);
  expect(ended, text).toBe(3);
  expect(text).not.toMatch(/INTERNAL|\n\s+at .*:\d+:\d+/);
  if (empty !== undefined) expect(readdirSync(empty)).toEqual(before);
}

describe('the gate', () => {
  test.for(Object.entries(runFolders))('%s', ([, make], { skip }) => says(gate, make(skip)));
  test.for(Object.entries(variables))('%s', ([, make], { skip }) => says(gate, make(skip)));

  test('HOME is empty: the home of the account is meant, not the folder that one stands in', async () => {
    const cwd = scratch();
    await says(gate, { cwd, env: { XDG_CACHE_HOME: undefined, HOME: '' }, names: ['TARGET_UNREACHABLE'] });
    expect(readdirSync(cwd)).toEqual(['runs']);
  });
});

describe('npm run up', () => {
  test.for(Object.entries(variables))('%s', ([, make], { skip }) => says(['up', '--runtime', 'processes'], make(skip)));
});

describe('a tool that would have to be built', () => {
  test.for(['locks', 'tools', 'drafts'])('the cache holds a file where its folder %s should be', async (part) => {
    const machine = fakeMachine();
    machine.executable('bin/go', fakeGo);
    mkdirSync(machine.cache, { recursive: true });
    writeFileSync(join(machine.cache, part), '');
    await expect(ensureTool('k6', machine)).rejects.toMatchObject({
      code: 'TOOL_BUILD_FAILED',
      message: expect.stringMatching(new RegExp(`XDG_CACHE_HOME=${machine.root}/cache.*${machine.cache}/${part}`, 's')),
    });
    expect(existsSync(join(machine.root, 'builds'))).toBe(false);
  });

  test('the cache is read only', async ({ skip }) => {
    const machine = fakeMachine();
    machine.executable('bin/go', fakeGo);
    mkdirSync(machine.cache, { recursive: true });
    makeReadOnly(skip, machine.cache);
    await expect(ensureTool('k6', machine)).rejects.toMatchObject({
      code: 'TOOL_BUILD_FAILED',
      message: expect.stringMatching(new RegExp(`XDG_CACHE_HOME=${machine.root}/cache.*read-only`, 's')),
    });
  });
});
