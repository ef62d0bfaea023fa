import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunFolder } from '../../evidence/writer.ts';
import { adminListeners } from '../../fixtures/fault-admin.testing.ts';
import { parseFault } from '../../fixtures/faults.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import { planRun } from '../../slo/judge/plan.ts';
import { LoadFaults } from './load-faults.ts';

/** Drives every scenario of a run of two, each with a first request and no other, and gives what their records say of the faults. */
async function driven(texts: readonly string[], settings = { warmupMs: 0 }) {
  const { run } = fixture('pass');
  const [plan] = planRun(run.profiles, null).profiles;
  if (plan === undefined) throw new Error('the run has no profile');
  const record = await createRunFolder(join(scratch(), 'run'), { ...run, scenarios: [] });
  const { asked, address } = await adminListeners(3);
  const faults = texts.map((text) => parseFault(text));
  const told: [text: string, part: string | null][][] = [];
  for (const { name, ...rest } of run.scenarios) {
    const on = { onSwitch: () => undefined, onFailure: () => undefined };
    const subject = new LoadFaults({ faults, faultAdmin: address, record, plan, settings }, on);
    subject.begin(Date.now() - run.epochMs);
    await subject.end();
    const { switched } = subject;
    told.push(switched.map(({ text, part }) => [text, part]));
    const scenarios = [...record.run.scenarios, { ...rest, name, faults: switched }];
    await record.update({ scenarios });
  }
  expect(told).toHaveLength(2);
  return { told, crashes: asked.filter((line) => line.endsWith('/crash')) };
}

test('a crash without a window happens once on a stack, and stands in the record of each scenario', async () => {
  const { told, crashes } = await driven(['latency=1ms', 'crash']);
  expect(crashes).toEqual(['replica-1 POST /crash']);
  const each = [
    ['latency=1ms', null],
    ['crash', 'replica-1'],
  ];
  expect(told).toEqual([each, each]);
});

test('two of them end two replicas, and a named one that one', async () => {
  const { told, crashes } = await driven(['crash on replica-3', 'crash', 'crash']);
  expect(crashes).toEqual([
    'replica-3 POST /crash',
    'replica-1 POST /crash',
    'replica-2 POST /crash',
  ]);
  const each = [
    ['crash on replica-3', 'replica-3'],
    ['crash', 'replica-1'],
    ['crash', 'replica-2'],
  ];
  expect(told).toEqual([each, each]);
});

test('one with a time happens in each scenario', async () => {
  const { told, crashes } = await driven(['crash at 0s']);
  expect(crashes).toEqual(['replica-1 POST /crash', 'replica-2 POST /crash']);
  expect(told).toEqual([[['crash at 0s', 'replica-1']], [['crash at 0s', 'replica-2']]]);
});

test('one without a time waits for the end of the warm-up, so that it is judged', async () => {
  const { told, crashes } = await driven(['crash'], { warmupMs: 60_000 });
  expect([told, crashes]).toEqual([[[], []], []]);
});
