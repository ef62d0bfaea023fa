import { afterEach, describe, expect, test, vi } from 'vitest';
import { mlopsAks } from '../../profiles/mlops-aks.ts';
import { bareSession } from '../../suites/runner/bare-session.testing.ts';
import type { Capability } from '../../suites/runner/check.ts';
import { runSuite } from '../../suites/runner/run.ts';
import { whyNotRun } from './not-run.ts';
import { readOptions } from './options.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const url = 'http://ml.test';
const external = async () => (await readOptions(['--url', url, '--api', 'score'])).service;

/** Why a run skips what has these needs. */
async function said(needs: Capability[]): Promise<string | undefined> {
  const task = { id: 't', needs, withinMs: 60_000, run: async () => undefined };
  const suite = { name: 's', about: 'a test', checks: [], tasks: () => [task] };
  const session = { ...(await bareSession()), address: url };
  const [outcome] = await runSuite(suite, session, new AbortController().signal);
  return outcome?.end === 'skipped' ? outcome.why : undefined;
}

describe('of a service that is not ours, a run skips what is said to be not run, and for that reason', () => {
  test.for<[Capability[], RegExp | undefined]>([
    [[], undefined],
    [['score'], undefined],
    [['direct'], undefined],
    [['kserve-v1'], /speaks score, not kserve-v1/],
    [['stack'], /see inside/],
    [['counters'], /no counters/],
    [['faults'], /no faults/],
    [['direct', 'faults', 'counters', 'stack'], /see inside/],
    [['stack', 'kserve-v1'], /speaks score/],
  ])('%j', async ([needs, reason]) => {
    const why = whyNotRun(needs, mlopsAks, await external());
    expect(why).toBe(await said(needs));
    if (reason === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(reason);
  });

  test('behind a proxy', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://proxy.test:3128');
    const why = whyNotRun(['direct'], mlopsAks, await external());
    expect(why).toMatch(/proxy stands between/);
    expect(why).toBe(await said(['direct']));
  });

  test('that has counters: what needs them is done', async () => {
    const { service } = await readOptions([
      ...['--url', url, '--api', 'score', '--metrics', `${url}/metrics`],
    ]);
    expect(whyNotRun(['counters'], mlopsAks, service)).toBeUndefined();
  });
});

test('the reference stack lets everything be done but what another API needs', async () => {
  const { service } = await readOptions([]);
  const why = (...needs: Capability[]) => whyNotRun(needs, mlopsAks, service);
  expect(why('stack', 'counters', 'faults', 'direct', 'score')).toBeUndefined();
  expect(why('kserve-v1')).toBe('the service speaks score, not kserve-v1');
});
