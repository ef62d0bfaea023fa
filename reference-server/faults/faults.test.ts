import { expect, test } from 'vitest';
import type { Stall } from '../device/stall.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';
import { Faults, faultsSchema } from './faults.ts';

function begin(seed = 1, replica = 'r1') {
  const time = new VirtualTime();
  const stalls: (Stall | undefined)[] = [];
  const faults = new Faults(seed, replica, time, (stall) => stalls.push(stall));
  return { faults, stalls, pass: (ms: number) => time.run(time.now() + ms) };
}

const latencyGrowth = { msPerSecond: 2 };

test('a drift grows from when it was switched on, on top of a constant latency', () => {
  const { faults, pass } = begin();
  pass(60_000);
  faults.replace({ latencyGrowth });
  expect(faults.latencyMs).toBe(0);
  pass(500);
  expect(faults.latencyMs).toBe(1);
  pass(9500);
  faults.replace({ latencyGrowth: { ...latencyGrowth }, latencyMs: 300, errorShare: 0.5 });
  expect(faults.latencyMs).toBe(320);
  pass(10_000);
  faults.replace({ latencyGrowth });
  expect(faults.latencyMs).toBe(40);
});

test('a drift that was off, or is another, begins again', () => {
  const { faults, pass } = begin();
  faults.replace({ latencyGrowth });
  pass(10_000);
  faults.replace({ latencyMs: 5 });
  expect(faults.latencyMs).toBe(5);
  faults.replace({ latencyGrowth });
  expect(faults.latencyMs).toBe(0);
  pass(10_000);
  faults.replace({ latencyGrowth: { msPerSecond: 3 } });
  expect(faults.latencyMs).toBe(0);
});

test('a drift stops where a constant latency has its limit', () => {
  const { faults, pass } = begin();
  faults.replace({ latencyMs: 1000, latencyGrowth: { msPerSecond: 1000 } });
  pass(3_600_000);
  expect(faults.latencyMs).toBe(600_000);
  expect(faultsSchema.safeParse({ latencyMs: faults.latencyMs }).success).toBe(true);
});

test.each([
  [{ ms: 1, everyMs: 2 }, undefined],
  [{ ms: 86_399_999, everyMs: 86_400_000 }, undefined],
  [{ ms: 1e-13, everyMs: 1000 }, 'ms: must be at least 1'],
  [{ ms: 0.5, everyMs: 1e-9 }, 'ms: must be at least 1'],
  [{ ms: 1, everyMs: 5e-324 }, 'ms: must be at least 1 less than everyMs'],
  [{ ms: 1000, everyMs: 1000.000_001 }, 'ms: must be at least 1 less than everyMs'],
  [{ ms: 1, everyMs: 1e308 }, 'everyMs: must be at most 86400000, a day'],
])('the stall %j is refused where it cannot be meant', (stall, problem) => {
  const { error } = faultsSchema.safeParse({ stall });
  expect(error?.issues.map(({ path, message }) => `${String(path.at(-1))}: ${message}`)[0]).toBe(
    problem,
  );
});

test('a stall that stays keeps its phase; one that is switched on again draws another, alike on every replica of a seed', () => {
  const stall = { ms: 100, everyMs: 2000 };
  const [one, other] = [begin(7, 'r1'), begin(7, 'r2')];
  for (const { faults, pass } of [one, other]) {
    faults.replace({ stall });
    pass(5000);
    faults.replace({ stall: { ...stall }, errorShare: 0.1 });
    pass(5000);
    faults.replace({ errorShare: 0.1 });
    faults.replace({ stall });
  }
  expect(one.stalls).toEqual([
    { ...stall, firstAt: expect.any(Number) },
    undefined,
    { ...stall, firstAt: expect.any(Number) },
  ]);
  const [first, , again] = one.stalls;
  expect(first?.firstAt).toBeLessThan(2000);
  expect((again?.firstAt ?? 0) - 10_000).not.toBe(first?.firstAt);
  expect(other.stalls).toEqual(one.stalls);
});
