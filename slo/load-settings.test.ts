import { expect, test } from 'vitest';
import { plannedMs } from './load-settings.ts';
import type { Scenario } from './profile.ts';

const scenario: Scenario = {
  api: 'score',
  model: 'm',
  payloads: { kind: 'unique' },
  arrivals: { shape: 'constant', perSecond: 300 },
};
const ramp: Scenario = {
  ...scenario,
  arrivals: { shape: 'ramp', fromPerSecond: 10, toPerSecond: 300 },
};

test.each([
  ['load flows for the budget at most', scenario, 600_000],
  ['a ramp has a length of its own', ramp, 60_000],
  ['a documented duration is waited for, however long', { ...ramp, durationSeconds: 900 }, 900_000],
])('%s', (_, of, expected) => {
  expect(plannedMs({ budgetMs: 600_000, rampMs: 60_000 }, of)).toBe(expected);
});
