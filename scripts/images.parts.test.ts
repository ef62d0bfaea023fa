import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../fixtures/runtime/ready.ts';
import { fakeMachine } from '../fixtures/tools/fake-machine.testing.ts';
import { startCommand } from '../machine/command.testing.ts';
import { endingSignals } from '../machine/ending-signals.ts';
import { processStat } from '../machine/processes.mjs';
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
  const env = { ...machine.environment, TMPDIR: temporary, DOCKER_HOST };
  const command = startCommand([process.execPath, join(import.meta.dirname, 'images.ts')], { env });
  const noted = join(machine.root, 'hanging');
  const filling = await until(async () => existsSync(noted) || undefined, { withinMs: 30_000 });
  expect(filling, command.output()).toBe(true);
  const running = () =>
    readFileSync(noted, 'utf8')
      .trim()
      .split(' ')
      .filter((pid) => processStat(Number(pid)) !== undefined);
  onTestFinished(() => {
    for (const pid of running()) process.kill(Number(pid), 'SIGKILL');
  });
  const images = join(machine.cache, 'images');
  const left = () => [
    ...running(),
    ...readdirSync(temporary),
    ...(existsSync(images) ? readdirSync(images) : []),
  ];
  return { ...command, left };
}

test.for(endingSignals)('%s: what was begun is gone, and it says so', async (signal, { skip }) => {
  if (process.getuid?.() !== 0) skip('debootstrap needs root');
  const { child, ended, left, output } = await fillingFolder();
  expect(left()).not.toEqual([]);
  child.kill(signal);
  expect(await ended, output()).toBe(3);
  expect(output()).toContain(`${signal}: ending`);
  expect(output()).toMatch(/^INTERRUPTED: /m);
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
