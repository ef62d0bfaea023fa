import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../fixtures/runtime/ready.ts';
import { fakeMachine } from '../fixtures/tools/fake-machine.testing.ts';
import { endingSignals } from '../machine/ending-signals.ts';
import { slowEngine } from './slow-engine.testing.ts';

/** It begins to fill its folder, and never ends; neither does what it has started. */
const slowDebootstrap = `
for folder; do :; done
echo half > "$folder/half"
sleep 600 &
echo "$$ $!" > "$FAKE_ROOT/hanging"
wait`;

/** `npm run images`, at the point where it has debootstrap fill a folder. */
async function fillingFolder() {
  const machine = fakeMachine();
  machine.executable('bin/debootstrap', slowDebootstrap);
  const temporary = join(machine.root, 'temporary');
  mkdirSync(temporary);
  const { DOCKER_HOST } = await slowEngine();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'images.ts')], {
    env: { ...machine.environment, TMPDIR: temporary, DOCKER_HOST },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<number | NodeJS.Signals | null>((done) =>
    child.once('close', (code, signal) => done(code ?? signal)),
  );
  const noted = join(machine.root, 'hanging');
  const filling = await until(async () => existsSync(noted) || undefined, { withinMs: 30_000 });
  expect(filling, text).toBe(true);
  const running = () => readFileSync(noted, 'utf8').trim().split(' ').filter(isRunning);
  onTestFinished(() => {
    for (const pid of running()) process.kill(Number(pid), 'SIGKILL');
  });
  const images = join(machine.cache, 'images');
  const left = () => [...running(), ...readdirSync(temporary), ...(existsSync(images) ? readdirSync(images) : [])];
  return { child, ended, left, text: () => text };
}

function isRunning(pid: string): boolean {
  try {
    // A zombie has ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.for(endingSignals)('%s: what was begun is gone, and it says so', async (signal, { skip }) => {
  if (process.getuid?.() !== 0) skip('debootstrap needs root');
  const { child, ended, left, text } = await fillingFolder();
  expect(left()).not.toEqual([]);
  child.kill(signal);
  expect(await ended, text()).toBe(3);
  expect(text()).toContain(`${signal}: ending`);
  expect(text()).toMatch(/^INTERRUPTED: /m);
  expect(left()).toEqual([]);
});

test('SIGKILL: what was begun is gone within the watchdog’s time', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('debootstrap needs root');
  const { child, ended, left } = await fillingFolder();
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  await until(async () => (left().length === 0 ? true : undefined), { withinMs: 5000 });
  expect(left()).toEqual([]);
});
