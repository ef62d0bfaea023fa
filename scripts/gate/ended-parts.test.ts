import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunFolder } from '../../evidence/writer.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import type { HistoryEvent } from '../../slo/history.ts';
import { derive } from './derive.ts';

const { run } = fixture('pass');
const { name = '', startedAt: begun = Number.NaN } = run.scenarios[0] ?? {};

/** What is said of the parts of a run with this history. Its load had these faults. */
async function told(
  events: readonly Partial<HistoryEvent>[],
  faults: { text: string; part: string; from: number }[] = [],
): Promise<string[]> {
  const { sealed: _, ...open } = run;
  const scenarios = open.scenarios.slice(0, 1).map((record) => ({ ...record, faults }));
  const folder = await createRunFolder(join(scratch(), 'run'), { ...open, scenarios });
  for (const event of events)
    folder.history.write({ at: begun + 1200, stack: 1, what: 'ended', part: 'redis', ...event });
  await folder.seal({ end: 'finished', failure: null });
  const { warnings } = (await derive(folder.dir)).verdicts;
  return warnings.filter((warning) => warning.includes('reference stack'));
}

test('a part that ended by itself is told, with how and when', async () => {
  expect(await told([{ detail: 'was ended by SIGKILL' }])).toEqual([
    `redis of the reference stack was ended by SIGKILL 1.2 s after ${name} began, and not by this run. What came after that was measured without it.`,
  ]);
  expect(await told([{ at: begun - 1500, detail: 'ended with exit code 1', stack: 2 }])).toEqual([
    expect.stringContaining(
      `redis of the run's reference stack 2 ended with exit code 1 ${((begun - 1500) / 1000).toFixed(1)} s after the run began`,
    ),
  ]);
});

test('what the run itself did to a part is not', async () => {
  expect(await told([{ what: 'started' }, { what: 'killed' }])).toEqual([]);
});

test('nor what a fault was to do, but what another part did meanwhile', async () => {
  const crash = { text: 'crash on replica-2 at 1s', part: 'replica-2', from: begun + 1210 };
  const events = ['replica-1', 'replica-2'].map((part) => ({ part }));
  expect(await told(events, [crash])).toEqual([expect.stringMatching(/^replica-1 /)]);
  const slow = { ...crash, text: 'latency=1ms on replica-2' };
  expect(await told(events, [slow])).toHaveLength(2);
});
