import { expect, test } from 'vitest';
import { progressWords } from './progress.ts';

const p95 = {
  id: 'AK-SLO-1/latency-p95',
  decision: undefined,
  outlook: { towards: 'pass', share: 0.617, worsens: false },
  seen: { n: 3_400, bad: 12 },
} as const;

test.each([
  [p95, '12 of 3,400 bad, 61 % of what a pass takes'],
  [
    { ...p95, outlook: { ...p95.outlook, towards: 'fail' } },
    '12 of 3,400 bad, 61 % of what a fail takes',
  ],
  [{ ...p95, outlook: { ...p95.outlook, share: 1 } }, '12 of 3,400 bad, enough for a pass'],
  [
    { ...p95, outlook: { ...p95.outlook, share: 1, worsens: true } },
    '12 of 3,400 bad, enough for a pass, but it gets worse',
  ],
  [{ ...p95, decision: 'pass' }, 'pass (12 of 3,400 bad)'],
  [{ ...p95, seen: { perSecond: 112.3 } }, '112 good answers/s, 61 % of what a pass takes'],
  [{ ...p95, seen: 'no-cache-sign' }, 'no answer says anything of a cache'],
] as const)('an objective while load flows: %j', (progress, words) => {
  expect(progressWords(progress)).toBe(`AK-SLO-1/latency-p95: ${words}`);
});
