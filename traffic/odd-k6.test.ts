import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fakeMachine } from '../fixtures/tools/fake-machine.testing.ts';
import { k6Load } from './k6.ts';
import { k6Process } from './k6-process.ts';
import { planFor } from './load.testing.ts';
import { probe } from './probe.ts';
import { probeLine } from './wire.ts';

/** What of a k6 can be waited for without end: programs that are named as k6, tell its version and are something else. */

const { signal } = new AbortController();
const plan = planFor('127.0.0.1:1', { timeoutMs: 100 });

/** A helper in a group of its own that holds the output open, as `setsid` leaves one behind; it ends with the test. */
function withHelper(script: string): string {
  const { root, executable } = fakeMachine();
  const file = join(root, 'helper');
  onTestFinished(() => {
    if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  });
  return executable(
    'k6',
    `setsid sh -c 'echo $$ >${file}; exec sleep 300' &
until test -s ${file}; do sleep 0.01; done
${script}`,
  );
}

const hung = () => fakeMachine().executable('k6', "trap '' TERM; while :; do sleep 0.1; done");
const load = (k6: string) => k6Load(k6Process(k6), 500)(plan, () => undefined, signal);

describe('a k6 that hears and says nothing', () => {
  test('does not keep the first request', async () => {
    await expect(probe(hung(), plan, signal, 100)).rejects.toMatchObject({
      code: 'TRAFFIC_FAILED',
      message: expect.stringMatching(/^The first request could not be sent: k6 /),
    });
  });

  test('does not keep the load', async () => {
    await expect(load(hung())).rejects.toMatchObject({
      code: 'TRAFFIC_FAILED',
      message: expect.stringMatching(/^Load could not start: k6 /),
    });
  });
});

describe('a helper that k6 leaves behind with its output open', () => {
  test('does not keep the first request', async () => {
    const answer = { kind: 'failed', code: 1, error: 'e' } as const;
    expect(await probe(withHelper(`echo '${probeLine(answer)}'`), plan, signal)).toEqual(answer);
  });

  test('does not keep the load', async () => {
    expect(await load(withHelper('echo "=0"'))).toMatchObject({ end: 'finished' });
  });
});

test.for([
  ['the first request', (k6: string) => probe(k6, plan, signal)],
  ['the load', load],
] as const)('of what some other program says, %s repeats little', async ([, work]) => {
  const garbage = fakeMachine().executable(
    'k6',
    'yes "$(yes garbage | head -50 | tr "\n" " ")" | head -c 100000; exit 3',
  );
  const error: unknown = await work(garbage).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: expect.stringMatching(/garbage garbage/) });
  expect(String(error).length).toBeLessThan(350);
});
