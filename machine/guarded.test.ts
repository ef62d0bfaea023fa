import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { runGuarded, signalGroup, spawnGuarded } from './guarded.mjs';
import { scratch } from './scratch.testing.ts';

/** Processes with this word among their arguments, or in a script that is one. */
function processesWith(word: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word) ? [Number(name)] : [];
    } catch {
      // No process, or one that ended since it was listed.
      return [];
    }
  });
}

async function goneWith(word: string): Promise<void> {
  await expect.poll(() => processesWith(word), { timeout: 5000 }).toEqual([]);
}

let marks = 0;
const mark = () => `mark-${process.pid}-${++marks}`;

const start = (script: string, ...args: string[]) =>
  spawnGuarded('sh', ['-c', script, 'sh', ...args], {
    env: process.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

test('a command keeps its number, its exit code and its signals', async () => {
  const child = start('echo $$; exit 7');
  const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
  expect(Number(line)).toBe(child.pid);
  expect(await once(child, 'close')).toEqual([7, null]);
  const killed = start('kill -s USR1 $$');
  expect(await once(killed, 'close')).toEqual([null, 'SIGUSR1']);
});

test('what a command leaves behind ends with it', async () => {
  const word = mark();
  const child = start('sh -c "sleep 60; :" "$1" & exit 0', word);
  expect(await once(child, 'exit')).toEqual([0, null]);
  await goneWith(word);
});

test('a signal to the whole group ends the command alone, and its guard goes on until it has ended', async () => {
  const child = start('trap "echo heard; exit 3" TERM; echo ready; while :; do sleep 0.05; done');
  const lines: string[] = [];
  const said = createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    lines.push(line);
    if (line === 'ready') signalGroup(child, 'SIGTERM');
  });
  await once(said, 'close');
  expect([lines, child.exitCode ?? (await once(child, 'exit'))[0]]).toEqual([
    ['ready', 'heard'],
    3,
  ]);
  signalGroup(child, 'SIGTERM');
});

const guarded = fileURLToPath(new URL('guarded.mjs', import.meta.url));

/** A process of its own that starts a guarded command and is killed, by itself at once or by the test. */
function parent(word: string, then: string) {
  const code = `import { spawnGuarded } from ${JSON.stringify(guarded)};
const script = 'sh -c "sleep 60; :" ${word} & echo ready; trap "" HUP TERM; while :; do sleep 1; done';
const child = spawnGuarded('sh', ['-c', script], { env: process.env, stdio: ['ignore', 'pipe', 'ignore'] });
${then}
child.stdout.on('data', () => console.log('ready'));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('with the process that started it, killed by SIGKILL, all ends: also what heeds no signal', async () => {
  const word = mark();
  const child = parent(word, '');
  await once(child.stdout, 'data');
  expect(processesWith(word).length).toBeGreaterThan(2);
  child.kill('SIGKILL');
  await goneWith(word);
});

test('a process that is killed right after it started a command leaves nothing', async () => {
  const words = Array.from({ length: 10 }, mark);
  await Promise.all(
    words.map((word, index) => {
      const wait =
        index % 2 === 0 ? '' : `await new Promise((done) => setTimeout(done, ${index}));`;
      return once(parent(word, `${wait}process.kill(process.pid, 'SIGKILL');`), 'exit');
    }),
  );
  for (const word of words) await goneWith(word);
});

test('an aborted command ends with all that it started, and the reason is thrown', async () => {
  const word = mark();
  const stop = new AbortController();
  const running = runGuarded(
    'sh',
    ['-c', 'sh -c "sleep 60; :" "$1" & echo ready; wait', 'sh', word],
    {
      signal: stop.signal,
      onLine: () => stop.abort(new Error('enough')),
    },
  );
  await expect(running).rejects.toThrow('enough');
  await goneWith(word);
});

test('an aborted command can be let end by itself', async () => {
  const file = join(scratch(), 'cleaned');
  const stop = new AbortController();
  const script = 'trap "sleep 0.2; : > $1; exit 1" TERM; echo ready; while :; do sleep 0.05; done';
  const running = runGuarded('sh', ['-c', script, 'sh', file], {
    signal: stop.signal,
    endWith: 'SIGTERM',
    onLine: () => stop.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
  expect(existsSync(file)).toBe(true);
});

test('a command that is not there, and one that cannot be run, end as in any shell', async () => {
  const missing = await runGuarded('/nowhere/command', []);
  expect(missing).toMatchObject({ code: 127, tail: expect.stringContaining('/nowhere/command') });
  expect((await runGuarded('/etc/passwd', [])).code).toBe(126);
});

test('a command never sees the guard’s pipe', async () => {
  const { tail } = await runGuarded('sh', ['-c', 'readlink /proc/$$/fd/3 || echo none']);
  expect(tail).toBe('none');
});

test('what a command left behind in a group of its own, with its output open, is not waited for', async () => {
  const word = mark();
  onTestFinished(() => processesWith(word).forEach((pid) => void process.kill(pid, 'SIGKILL')));
  // Says something first: by then it is in its own group.
  const script = 'setsid sh -c "echo helper; sleep 300; :" "$1" & read -r line <"$2"; exit 7';
  const fifo = join(scratch(), 'fifo');
  await runGuarded('mkfifo', [fifo]);
  const running = runGuarded('sh', ['-c', script, 'sh', word, fifo], {
    onLine: () => writeFileSync(fifo, 'go on\n'),
  });
  expect(await running).toEqual({ code: 7, tail: 'helper' });
});
