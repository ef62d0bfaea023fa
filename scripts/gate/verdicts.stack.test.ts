import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { testsOn } from '../../fixtures/services/engine.testing.ts';
import { longTest } from '../../machine/test-form.testing.ts';
import type { Sample } from '../../slo/sample.ts';
import { decisionsIn, readVerdicts, runGate, runJudge } from './gate-process.testing.ts';
import { leftOf } from './holdings.testing.ts';

const testOn = await testsOn();
const processes = ['--runtime', 'processes'];
/** Enough for a verdict on what a fault does, not for a proof that all is well. */
const quick = ['--budget', '30s', '--min-time', '4s', '--warmup', '1s'];

/** What the default gate decides of mlops-aks. */
const decided = [
  ...[1, 2, 3, 4, 6, 7, 8, 10].map((number) => `AK-API-${number}`),
  ...[1, 2, 3].map((number) => `AK-MET-${number}`),
  'AK-OPS-2',
  ...[1, 2].map((number) => `AK-SEC-${number}`),
  ...[1, 2, 3, 4, 5].map((number) => `AK-SLO-${number}`),
];
const allPass = Object.fromEntries(decided.map((id) => [id, 'pass']));

test('the default gate: what it decides of mlops-aks passes, and its evidence proves it again', async () => {
  const gate = await runGate(processes);
  const { code, folder, text } = gate;
  expect(decisionsIn(folder), text).toEqual(allPass);
  expect(code).toBe(0);
  expect(await leftOf(gate)).toEqual([]);
  const { reconciliation, simulated } = readVerdicts(folder);
  expect(reconciliation.map(({ agrees }) => agrees)).toEqual([true, true]);
  expect(simulated).toBe(true);

  const again = runJudge(folder);
  expect(again.text).toContain('byte for byte');
  expect(again.code).toBe(0);

  for (const [how, alter] of Object.entries(alterations)) {
    const copy = `${folder}-${how}`;
    cpSync(folder, copy, { recursive: true });
    const samples = join(copy, runFiles.samples);
    const lines = gunzipSync(readFileSync(samples)).toString().trimEnd().split('\n');
    writeFileSync(samples, gzipSync(`${alter(lines).join('\n')}\n`));
    const altered = runJudge(copy);
    expect(altered.text, how).toContain('samples.ndjson.gz was altered');
    expect(altered.code, how).toBe(3);
    expect(new Set(Object.values(decisionsIn(copy))), how).toEqual(new Set(['invalid']));
  }
});

const alterations: Record<string, (lines: string[]) => string[]> = {
  removed: (lines) => lines.toSpliced(1000, 1),
  changed: (lines) => lines.with(1000, (lines[1000] ?? '').replace(/"end":\d+/, '"end":1')),
};

/** Each with the targets that are asked for; the last of them fails. */
const faults = [
  ['latency=300ms', ['AK-SLO-1']],
  ['errors=2%', ['AK-SLO-3']],
  ['malformed=2%', ['AK-SLO-3']],
  ['underreport=10%', ['AK-SLO-1', 'AK-MET-1']],
] as const;
/** Other tests of the short form see their like found: a replica that errs (below), HTML in place of JSON (external.stack.test.ts). */
const longFaults = ['errors=2%', 'malformed=2%'];

describe('a fault is found, and named', () => {
  for (const [fault, only] of faults) {
    const found = async () => {
      const { code, folder, text } = await runGate([
        ...processes,
        ...quick,
        '--fault',
        fault,
        '--targets',
        ...only,
      ]);
      const failed = only.at(-1) ?? '';
      expect(decisionsIn(folder), text).toMatchObject({ [failed]: 'fail' });
      expect(text).toContain(failed);
      expect(code).toBe(1);
    };
    if (longFaults.includes(fault)) longTest(fault, found);
    else test(fault, found);
  }
});

test('a fault on one replica for a while: only that replica fails, only then, and the run says when', async () => {
  const fault = 'errors=60% on replica-2 at 4s for 3s';
  const { code, folder, text } = await runGate([
    ...processes,
    ...quick,
    '--budget',
    '10s',
    '--targets',
    'AK-SLO-3',
    '--fault',
    fault,
  ]);
  const { run, samples } = await openRun(folder);
  const [scenario] = run.scenarios;
  expect(run.service).toMatchObject({ faults: [fault] });
  expect(scenario?.faults, text).toEqual([
    { text: fault, part: 'replica-2', from: expect.any(Number), to: expect.any(Number) },
  ]);
  const [{ from, to } = { from: 0, to: 0 }] = scenario?.faults ?? [];
  expect(((to ?? 0) - from) / 1000).toBeCloseTo(3, 0);
  const failed: Sample[] = [];
  for await (const sample of samples()) if (sample.status === 500) failed.push(sample);
  expect(failed.length).toBeGreaterThan(20);
  expect(new Set(failed.map(({ replica }) => replica))).toEqual(new Set(['replica-2']));
  for (const { intendedStart, end } of failed)
    expect([end > from - 500, intendedStart < (to ?? 0) + 500]).toEqual([true, true]);
  expect(text).not.toContain('never on');
  expect(code, 'six of a hundred failed, in one stretch: no pass, whatever else').not.toBe(0);
});

test('a budget that can decide nothing is named before any load, with what it would need: exit 2', async () => {
  const { code, folder, text } = await runGate([
    ...processes,
    '--targets',
    'AK-SLO-4',
    '--budget',
    '10s',
    '--min-time',
    '5s',
  ]);
  expect(text).toMatch(
    /AK-SLO-4\/unavailability cannot be decided with 10 s of load: it needs --budget \d+s/,
  );
  expect(decisionsIn(folder)).toEqual({ 'AK-SLO-4': 'inconclusive' });
  expect(code).toBe(2);
});

testOn('containers')('in containers', async () => {
  const gate = await runGate([
    '--runtime',
    'containers',
    ...quick,
    '--targets',
    'AK-SLO-1',
    'AK-SLO-3',
  ]);
  const { code, folder, text } = gate;
  expect(decisionsIn(folder), text).toEqual({ 'AK-SLO-1': 'pass', 'AK-SLO-3': 'pass' });
  expect(code).toBe(0);
  expect(await leftOf(gate)).toEqual([]);
});

longTest('the default gate in containers', async () => {
  const gate = await runGate(['--runtime', 'containers']);
  expect(decisionsIn(gate.folder), gate.text).toEqual(allPass);
  expect(gate.code).toBe(0);
  expect(await leftOf(gate)).toEqual([]);
});

test('a profile that does not exist: exit 64, and nothing was started', async () => {
  const { code, text, journal } = await runGate(['--profile', 'mlops-ask']);
  expect(text).toContain('mlops-aks');
  expect(code).toBe(64);
  expect(journal()).toBeUndefined();
});
