import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../machine/scratch.testing.ts';
import { runGate } from './gate-process.testing.ts';

const external = ['--url', 'http://127.0.0.1:9', '--api', 'score'];

/** An executable that answers whatever it is asked with this. */
function saying(text: string): string {
  const path = join(scratch(), 'tool');
  writeFileSync(path, `#!/bin/sh\necho '${text}'\n`);
  chmodSync(path, 0o755);
  return path;
}

test.for([
  ['a service of one’s own', external, 'TAILGATE_K6'],
  ['the reference stack', [], 'TAILGATE_K6'],
  ['the reference stack', ['--runtime', 'processes'], 'TAILGATE_REDIS_SERVER'],
] as const)(
  '%s, %j: %s that cannot be used is wrong usage, with nothing started',
  async ([, args, variable]) => {
    for (const path of ['/nowhere/tool', saying('hello')]) {
      const { code, text, folder, journal } = await runGate(args, { [variable]: path });
      expect(text).toContain(`${variable}=${path}`);
      expect(code, text).toBe(64);
      expect(existsSync(folder)).toBe(false);
      expect(journal()).toBeUndefined();
    }
  },
);

test('where nothing is to be run, no tool is asked', async () => {
  const { code, text } = await runGate(['--dry-run'], { TAILGATE_K6: '/nowhere/k6' });
  expect(code, text).toBe(0);
});
