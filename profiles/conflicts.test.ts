import { expect, test } from 'vitest';
import type { Objective, Profile, Scenario } from '../slo/profile.ts';
import { profiles } from './index.ts';

/**
 * Conflicts that arithmetic finds, computed from the numbers that the profiles themselves state: when a number changes, either the
 * conflict goes, or the test says that it does not hold any more.
 */
const GiB = 1024 ** 3;
const GB = 1e9;
const MB = 1e6;

const owner = (id: string): Profile => {
  const profile = profiles.find(({ targets }) => targets.some((target) => target.id === id));
  if (profile === undefined) throw new Error(`no profile has ${id}`);
  return profile;
};

/** The numbers in a target's statement at the groups of a pattern. */
function stated(id: string, pattern: RegExp): number[] {
  const statement = owner(id).targets.find((target) => target.id === id)?.statement ?? '';
  const match = pattern.exec(statement);
  if (match === null) throw new Error(`${id} does not state ${pattern}: ${statement}`);
  return match.slice(1).map((text) => Number(text.replaceAll(',', '')));
}

/** The one number in a target's statement at the group of a pattern. */
function one(id: string, pattern: RegExp): number {
  return stated(id, pattern)[0] ?? Number.NaN;
}

/** The conflict that touches all these targets is recorded, and says the numbers that were computed. */
function expectConflict(touches: string[], words: RegExp): void {
  const found = owner(touches[0] ?? '').conflicts.filter((conflict) =>
    touches.every((id) => conflict.touches.includes(id)),
  );
  expect(found.map(({ statement }) => statement)).toContainEqual(expect.stringMatching(words));
}

function decidedOn(id: string): [Objective, Scenario][] {
  const { targets, scenarios } = owner(id);
  const target = targets.find((each) => each.id === id);
  const objectives = target !== undefined && 'objectives' in target ? target.objectives : [];
  return objectives.flatMap((objective): [Objective, Scenario][] => {
    const scenario = scenarios[objective.scenario];
    return scenario === undefined ? [] : [[objective, scenario]];
  });
}

/** Limits of a target's latency objectives at one quantile, milliseconds. */
function limits(id: string, quantile: number): number[] {
  return decidedOn(id).flatMap(([each]) =>
    each.indicator === 'latency' && each.quantile === quantile ? [each.limitMs] : [],
  );
}

/** Little's law: the longest mean latency, in milliseconds, at which so many clients can reach so many requests per second. */
const longestMeanMs = (clients: number, perSecond: number) => (1000 * clients) / perSecond;

test('matrixinfer: the quota admits 5 of the sized pods', () => {
  const pods = one('MI-OPS-10', /(\d+) CPU/) / one('MI-OPS-7', /requests (\d+) CPU/);
  expect(pods).toBe(5);
  const byMemory = one('MI-OPS-10', /(\d+) GiB/) / one('MI-OPS-7', /CPU and (\d+) GiB/);
  expect(byMemory).toBeGreaterThan(pods);
  for (const id of ['MI-SCALE-1', 'MI-SCALE-2'])
    expect(one(id, /\d+ and (\d+) replicas/)).toBeGreaterThan(pods);
  expect(one('MI-SCALE-4', /(\d+) replicas/)).toBeGreaterThan(pods);
  expectConflict(
    ['MI-OPS-10', 'MI-OPS-7', 'MI-SCALE-1', 'MI-SCALE-2', 'MI-SCALE-4'],
    /admits 5 pods/,
  );
});

test('matrixinfer: the maxima and the scheduled number of replicas are even', () => {
  const numbers = [
    one('MI-SCALE-1', /and (\d+) replicas/),
    one('MI-SCALE-2', /and (\d+) replicas/),
    one('MI-SCALE-4', /(\d+) replicas/),
  ];
  expect(numbers.map((replicas) => replicas % 2)).toEqual([0, 0, 0]);
  expectConflict(
    ['MI-HA-1', 'MI-SCALE-1', 'MI-SCALE-2', 'MI-SCALE-4'],
    /\(20, 50\) and the scheduled 10 are even/,
  );
});

test('matrixinfer: loading takes more memory than the pod requests, and at the upper end more than its limit', () => {
  const model = one('MI-OPS-7', /about (\d+) GB/) * GB;
  const [least = 0, most = 0] = stated('MI-OPS-2', /(\d+) to (\d+) times/).map(
    (times) => times * model,
  );
  expect([least / GB, most / GB]).toEqual([28, 42]);
  expect(least).toBeGreaterThan(one('MI-OPS-7', /requests \d+ CPU and (\d+) GiB/) * GiB);
  const limit = one('MI-OPS-7', /use \d+ CPU and (\d+) GiB/) * GiB;
  expect(limit).toBeGreaterThan(least);
  expect(limit).toBeLessThan(most);
  expectConflict(
    ['MI-OPS-2', 'MI-OPS-7'],
    /28 to 42 GB; the request is 16 GiB \(17\.2 GB\).* 32 GiB \(34\.4 GB\)/,
  );
});

test('matrixinfer: the sized model fits neither cache nor volume', () => {
  const model = one('MI-OPS-7', /about (\d+) GB/) * GB;
  const [cache = 0, volume = 0] = stated('MI-OPS-4', /holds (\d+) GiB .* holds (\d+) GiB/).map(
    (size) => size * GiB,
  );
  expect(cache).toBeLessThan(model);
  expect(volume).toBeLessThan(model);
  expectConflict(
    ['MI-OPS-4', 'MI-OPS-7'],
    /14 GB fits neither the cache of 2 GiB nor the volume of 10 GiB/,
  );
});

test('mlops-aks: the server rule for bodies is beyond what the gateway lets through', () => {
  expect(one('AK-API-6', /more than ([\d,]+) characters/)).toBeGreaterThan(
    one('AK-API-5', /bodies of (\d+) MB/) * MB,
  );
  expectConflict(['AK-API-5', 'AK-API-6', 'AK-API-10'], /5 MB.*10 MB/);
});

test('mlops-aks: the gateway allows less than any scenario sends', () => {
  const perSecond = one('AK-API-5', /(\d+) requests a minute/) / 60;
  for (const { arrivals } of Object.values(owner('AK-API-5').scenarios)) {
    expect('perSecond' in arrivals ? arrivals.perSecond : 0).toBeGreaterThan(perSecond);
  }
  expectConflict(['AK-API-5', 'AK-SLO-1', 'AK-SLO-5'], /100 requests a minute/);
});

test('mlops-aks: the alert on errors begins at ten times the unavailability that is promised', () => {
  const [promised] = decidedOn('AK-SLO-4').map(([objective]) =>
    'maxShare' in objective ? objective.maxShare : 1,
  );
  const alert = one('AK-ALERT-3', /more than (\d+) %/) / 100;
  expect(alert / (promised ?? 1)).toBeCloseTo(10, 9);
  expectConflict(['AK-SLO-4', 'AK-SLO-3', 'AK-ALERT-3'], /between 0\.1 % and 1 %/);
});

test('mlops-aks: the largest batch is exactly the largest array', () => {
  const [elements, rows = 0, features = 0] = stated(
    'AK-API-6',
    /more than ([\d,]+) elements, .*more than ([\d,]+) rows or ([\d,]+) features/,
  );
  expect(rows * features).toBe(elements);
  expectConflict(['AK-API-6'], /exactly the limit of 100,000 elements/);
});

test('torchserve-tensorzero: the least number of replicas is below the pattern', () => {
  expect(one('TT-SCALE-1', /Between (\d+) and/)).toBeLessThan(one('TT-OPS-2', /(\d+) replicas/));
  expectConflict(['TT-SCALE-1', 'TT-HA-1', 'TT-OPS-2'], /2 replicas, one less than the 3/);
});

test("ai-inference-lb: by Little's law the throughput needs a mean far below the limit of p50", () => {
  const mean = longestMeanMs(
    one('LB-SLO-5', /(\d+) concurrent/),
    one('LB-SLO-5', /([\d,]+) requests\/s/),
  );
  expect(mean).toBe(100);
  expect(mean).toBeLessThan(one('LB-SLO-1', /below (\d+) ms/));
  expectConflict(
    ['LB-SLO-5', 'LB-SLO-1'],
    /1,000 requests\/s from 100 concurrent clients need a mean of 100 ms/,
  );
});

test('ai-inference-lb: all pods together reach exactly the throughput asked for', () => {
  const capacity =
    one('LB-SCALE-1', /and (\d+) replicas/) * one('LB-SCALE-1', /(\d+) requests\/s per pod/);
  expect(capacity).toBe(one('LB-SLO-5', /([\d,]+) requests\/s/));
  expectConflict(['LB-SCALE-1', 'LB-SLO-5'], /exactly the 1,000 requests\/s/);
});

test('ai-inference-lb: the documented load ends before the autoscaler may act', () => {
  const seconds =
    one('LB-SLO-5', /with ([\d,]+) requests/) / one('LB-SLO-5', /([\d,]+) requests\/s/);
  expect(seconds).toBe(10);
  expect(seconds).toBeLessThan(one('LB-SCALE-2', /after (\d+) s/));
  expectConflict(['LB-SLO-5', 'LB-SCALE-2'], /last 10 s, less than the 30 s/);
});

test('ai-inference-lb: errors between objective and alert are silent', () => {
  expect(one('LB-ALERT-2', /more than (\d+) %/i)).toBeGreaterThan(
    one('LB-SLO-4', /Less than (\d+) %/),
  );
  expectConflict(['LB-SLO-4', 'LB-ALERT-2'], /below 1 %, the only alert begins at 5 %/);
});

test('ai-inference-lb: idle connections outlast draining, and a slow start is as long as the alert waits', () => {
  expect(one('LB-HA-1', /close after (\d+) min/) * 60).toBeGreaterThan(
    one('LB-HA-3', /(\d+) s to drain/),
  );
  expectConflict(['LB-HA-1', 'LB-HA-3'], /5 min .* 60 s/);
  expect(one('LB-HA-6', /take (\d+) min/)).toBeGreaterThanOrEqual(
    one('LB-ALERT-3', /for (\d+) min/),
  );
  expectConflict(['LB-HA-6', 'LB-ALERT-3'], /5 min to start/);
});

test('kserve-mlops: the wait of a batch that does not fill breaks the p50 of small and medium models', () => {
  const wait = one('KS-API-1', /longer than (\d+) ms/);
  for (const limit of [...limits('KS-SLO-1', 0.5), ...limits('KS-SLO-2', 0.5)])
    expect(wait).toBeGreaterThanOrEqual(limit);
  expect(limits('KS-SLO-3', 0.5).every((limit) => limit > wait)).toBe(true);
  expectConflict(['KS-API-1', 'KS-SLO-1', 'KS-SLO-2'], /waits 100 ms/);
});

test("kserve-mlops: the benchmark never fills a batch, and by Little's law leaves large models too little time", () => {
  const [scenario] = decidedOn('KS-SLO-5').map(([, each]) => each);
  const clients =
    scenario?.arrivals.shape === 'closed' ? scenario.arrivals.concurrency : Number.NaN;
  const perSecond = decidedOn('KS-SLO-5').flatMap(([each]) =>
    each.indicator === 'throughput' ? [each.minPerSecond] : [],
  );
  expect([clients, perSecond]).toEqual([10, [100]]);
  expect(clients).toBeLessThan(one('KS-API-1', /batches of (\d+)/));
  const mean = longestMeanMs(clients, perSecond[0] ?? Number.NaN);
  expect(mean).toBe(one('KS-API-1', /longer than (\d+) ms/));
  expectConflict(['KS-API-1', 'KS-SLO-5'], /10 concurrent clients never fill a batch of 32/);
  for (const limit of [...limits('KS-SLO-3', 0.5), one('KS-SLO-4', /p50 below (\d+) ms/)])
    expect(limit).toBeGreaterThan(mean);
  expectConflict(['KS-SLO-5', 'KS-SLO-3', 'KS-SLO-4'], /a mean below 100 ms/);
});

test('kserve-mlops: language models are allowed more than the benchmark and the summary are', () => {
  expect(one('KS-SLO-4', /p99 below (\d+) s/) * 1000).toBeGreaterThan(
    Math.max(...limits('KS-SLO-5', 0.99)),
  );
  expectConflict(['KS-SLO-4', 'KS-SLO-5'], /p99 below 500 ms .* 2 s/);
});

test('kserve-mlops: parallel training exceeds the quota in GPUs, and in nothing else', () => {
  const tasks = one('KS-OPS-3', /Up to (\d+)/);
  const [cpu = 0, memory = 0, gpu = 0] = stated(
    'KS-OPS-3',
    /(\d+) CPU, (\d+) GiB and (\d+) GPU/,
  ).map((each) => each * tasks);
  const [cpuQuota, memoryQuota, gpuQuota] = stated(
    'KS-OPS-7',
    /(\d+) CPU, (\d+) GiB and (\d+) GPUs/,
  );
  expect([cpu <= (cpuQuota ?? 0), memory <= (memoryQuota ?? 0), gpu <= (gpuQuota ?? 0)]).toEqual([
    true,
    true,
    false,
  ]);
  expectConflict(
    ['KS-OPS-3', 'KS-OPS-7'],
    /10 parallel tasks with 1 GPU each exceed the quota of 8/,
  );
});

test('kserve-mlops: both pods request less than their limits, so neither is Guaranteed', () => {
  const [request, limit] = stated('KS-OPS-2', /requests (\d+)m CPU .* use (\d+) CPU/);
  expect(request).toBeLessThan((limit ?? 0) * 1000);
  const [training, trainingLimit] = stated(
    'KS-OPS-3',
    /requesting (\d+) CPU.* limited to (\d+) CPU/,
  );
  expect(training).toBeLessThan(trainingLimit ?? 0);
  expectConflict(['KS-OPS-6', 'KS-OPS-2', 'KS-OPS-3'], /Burstable/);
});

test('kserve-mlops: the memory of all connections is beyond that of the database server', () => {
  const [shared = 0, percent = 0, work = 0, connections = 0] = stated(
    'KS-OPS-4',
    /shared_buffers (\d+)GB as (\d+) % of memory, work_mem (\d+)MB, max_connections (\d+)/,
  );
  const server = (shared * GB * 100) / percent;
  expect([server / GB, (work * MB * connections) / MB]).toEqual([16, 51_200]);
  expect(work * MB * connections).toBeGreaterThan(3 * server);
  expectConflict(['KS-OPS-4'], /51,200 MB, more than three times the 16 GB/);
});
