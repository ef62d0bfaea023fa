import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startCommand } from '../../machine/command.testing.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { makeReadOnly, type Skip, smallDisk } from './disks.testing.ts';

/** Commands meet a folder that cannot be written: they say so and end with 3. All such folders: `unwritable.test.ts`. */

const script = (name: string) => resolve(import.meta.dirname, `../${name}.ts`);
/** A target that nobody listens at: what is wrong with the folders is said before. */
const gate = ['gate', '--url', 'http://127.0.0.1:1', '--api', 'score', '--targets', 'AK-SLO-1'];
const up = ['up', '--runtime', 'processes'];

interface Place {
  args?: string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** What has to be in the message. */
  names: string[];
}

const places: Record<string, [command: string[], make: (skip: Skip) => Place]> = {
  'gate: --out on a disk that is read only': [
    gate,
    (skip) => {
      const folder = scratch();
      makeReadOnly(skip, folder);
      const out = join(folder, 'run');
      return { args: ['--out', out], names: ['EVIDENCE_WRITE_FAILED', '--out', out] };
    },
  ],
  'gate: runs is a file': [
    gate,
    () => {
      const cwd = scratch();
      writeFileSync(join(cwd, 'runs'), '');
      return { cwd, names: ['EVIDENCE_WRITE_FAILED', join(cwd, 'runs'), '--out'] };
    },
  ],
  'gate: XDG_CACHE_HOME is below a file': [gate, cacheBelowAFile],
  'gate: TMPDIR is on a full disk': [gate, fullTemporaryFolder],
  'up: XDG_CACHE_HOME is below a file': [up, cacheBelowAFile],
  'up: TMPDIR is on a full disk': [up, fullTemporaryFolder],
};

function cacheBelowAFile(): Place {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  const path = join(file, 'cache');
  return {
    env: { XDG_CACHE_HOME: path },
    names: ['FOLDER_NOT_WRITABLE', `XDG_CACHE_HOME=${path}`],
  };
}

function fullTemporaryFolder(skip: Skip): Place {
  const { folder, fill } = smallDisk(skip);
  fill();
  return {
    env: { TMPDIR: folder },
    names: ['FOLDER_NOT_WRITABLE', `TMPDIR=${folder}`, 'no space'],
  };
}

async function says(
  [command = '', ...args]: readonly string[],
  { args: more = [], env = {}, cwd = scratch(), names }: Place,
): Promise<void> {
  const inherited = Object.fromEntries(
    Object.entries({ ...process.env, INIT_CWD: cwd, ...env }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const running = startCommand([process.execPath, script(command), ...args, ...more], {
    cwd,
    env: inherited,
  });
  const ended = await running.ended;
  const text = running.output();
  // The table of verdicts wraps its warnings.
  const flat = text.replaceAll(/\s+/g, ' ');
  for (const name of names) expect(flat).toContain(name);
  expect(ended, text).toBe(3);
  expect(text).not.toMatch(/INTERNAL|\n\s+at .*:\d+:\d+/);
}

test.for(Object.entries(places))('%s', ([, [command, make]], { skip }) =>
  says(command, make(skip)),
);

test('HOME is empty: the home of the account is meant, not the folder that one stands in', async () => {
  const cwd = scratch();
  await says(gate, {
    cwd,
    env: { XDG_CACHE_HOME: undefined, HOME: '' },
    names: ['SERVICE_UNREACHABLE'],
  });
  expect(readdirSync(cwd)).toEqual(['runs']);
});
