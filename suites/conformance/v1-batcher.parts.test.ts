import { expect, test } from 'vitest';
import { ServerProcess } from '../../reference-server/server-process.testing.ts';
import { deviations, judgeExternal, subjects } from '../runner/external-session.testing.ts';
import { v1Batcher } from './checks/v1-batcher.ts';

/** The check on a reference server with these flags, seen through the metrics of it or of another, idle one. */
async function judged(flags: readonly string[], metricsOf: 'itself' | 'another' = 'itself') {
  await using server = new ServerProcess(['--system', 'kserve-mlops', ...flags]);
  await using idle = new ServerProcess(['--system', 'kserve-mlops']);
  const [{ serving, metrics }, other] = await Promise.all([server.ready(), idle.ready()]);
  const url = `http://127.0.0.1:${serving}`;
  const seen = metricsOf === 'itself' ? metrics : other.metrics;
  const replica = { name: 'r', url, metricsUrl: `http://127.0.0.1:${seen}/metrics`, log: () => '' };
  const service = {
    url,
    api: 'kserve-v1',
    model: 'small',
    stack: { number: 1, replicas: [replica] },
  } as const;
  return await judgeExternal(service, [[v1Batcher, { size: 32, waitMs: 100 }]]);
}

const wait = 'milliseconds to the quickest answer of lone requests';
const lone = 'batches of lone requests';
const full = 'batches of as many requests at once as one holds';
const more = 'batches of more';

test('the batcher of the document is as it says', async () => {
  const verdicts = await judged(['--batcher']);
  expect(deviations(verdicts)).toEqual({});
  expect(subjects(verdicts)).toEqual({ 'v1-batcher': [wait, lone, full, more] });
});

test.each<[string, Parameters<typeof judged>, string[]]>([
  ['it is off', [[]], [wait, full]],
  ['batches of 16', [['--batcher', '--device', 'maxBatch=16']], [full]],
  ['batches of 64', [['--batcher', '--device', 'maxBatch=64']], [more]],
  ['a wait of 200 ms', [['--batcher', '--device', 'maxWaitMs=200']], [wait]],
  ['batches that are not counted', [['--batcher'], 'another'], [lone, full]],
])('%s: found', async (_, how, fails) => {
  expect(deviations(await judged(...how))).toEqual({ 'v1-batcher': fails });
});
