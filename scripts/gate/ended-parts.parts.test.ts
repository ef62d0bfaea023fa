import { expect, test } from 'vitest';
import { readVerdicts, runJudge, startGate } from './gate-process.testing.ts';
import { leftOf, partOf } from './holdings.testing.ts';

const load = [
  ...['--runtime', 'processes', '--targets', 'AK-SLO-1', '--rate', '50'],
  ...['--budget', '6s', '--min-time', '5s', '--warmup', '1s'],
];

test('a part that ends by itself is told, one that a fault or the run itself ends is not', async () => {
  const gate = startGate([...load, '--fault', 'crash on replica-2 at 2s']);
  await gate.said(/judged load, \d+ s/);
  process.kill(partOf(gate, 'prometheus'), 'SIGKILL');
  await gate.ended;
  const { warnings } = readVerdicts(gate.folder);
  const told = warnings.filter((warning) => warning.includes('of the reference stack'));
  expect(told, gate.output()).toEqual([
    expect.stringMatching(
      /^prometheus of the reference stack was ended by SIGKILL \d+\.\d s after mlops-aks\/unique began, and not by this run/,
    ),
  ]);
  expect(gate.output()).toContain('prometheus was ended by SIGKILL');
  expect(await leftOf(gate)).toEqual([]);
  const again = runJudge(gate.folder);
  expect(again.text).toContain('byte for byte');
});
