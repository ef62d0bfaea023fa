import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCommand } from '../machine/command.testing.ts';
import { endingSignals } from '../machine/ending-signals.ts';
import { repository } from '../machine/facts.ts';
import { folderWith } from './npm.testing.ts';

/** What npm does with a signal that is sent to it alone, as `kill` does, while a script runs that it started as it starts ours. */

/** Those that it hands on; it dies of the others. */
const handedOn: readonly string[] = ['SIGINT', 'SIGTERM'];

const script = `
for (const name of ${JSON.stringify(endingSignals)}) process.on(name, () => { console.log(name); process.exitCode = 2; clearInterval(timer); });
const timer = setInterval(() => undefined, 1000);
setTimeout(() => process.exit(3), 30_000).unref();
console.log('pid', process.pid);`;

test.for(endingSignals)('%s', async (signal) => {
  const manifest = JSON.stringify({ scripts: { gate: 'node first.js && exec node script.js' } });
  const cwd = folderWith({ 'package.json': manifest, 'first.js': '', 'script.js': script });
  const npm = startCommand(['npm', 'run', '--silent', 'gate'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(npm.child, 'exit');
  await npm.said(/^pid \d+\n/);
  const pid = Number(/\d+/.exec(npm.output())?.[0]);
  npm.child.kill(signal);

  const isHandedOn = handedOn.includes(signal);
  const [code, by] = await exit;
  expect(by ?? code).toBe(isHandedOn ? 2 : signal);
  // The script goes on, and was told nothing: the next signal is its first.
  if (!isHandedOn) process.kill(pid, 'SIGTERM');
  await npm.ended;
  expect(npm.output().split('\n').slice(1, -1)).toEqual([isHandedOn ? signal : 'SIGTERM']);
});

test('is in docs/errors.md', () => {
  const [, section = ''] = readFileSync(join(repository, 'docs/errors.md'), 'utf8').split(
    '## Signals',
  );
  expect(section.replaceAll(/\s+/g, ' ')).toContain(
    `npm hands on ${handedOn.map((name) => `\`${name}\``).join(' and ')} only`,
  );
});
