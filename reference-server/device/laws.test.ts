import { describe, expect, test } from 'vitest';
import { type Random, randomStream } from '../simulation/random.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';
import { type CompletedJob, Gpu } from './gpu.ts';
import { inferenceCard, type ModelCost } from './profile.ts';
import { meanServiceMs, saturationPerSecond } from './service-time.ts';

const cost: ModelCost = {
  weightsMiB: 0,
  activationMiB: 0,
  fixedMs: 8,
  perRowMs: 0.4,
  jitter: 0,
  maxBatch: 16,
  maxWaitMs: 2,
  queueLimit: 1_000_000,
};
const single: ModelCost = { ...cost, fixedMs: 10, perRowMs: 0, maxBatch: 1, maxWaitMs: 0 };

/** One device with one model, in virtual time, and what was seen of it. `observe` gets every stretch in which nothing changes. */
function bench(model: ModelCost, observe: (ms: number, requests: number) => void = () => {}) {
  const batches: number[] = [];
  const time = new VirtualTime((from, to) => observe(to - from, gpu.waiting('m') + gpu.inService));
  const gpu = new Gpu(inferenceCard, time, randomStream('laws'), (_name, requests) =>
    batches.push(requests),
  );
  gpu.load('m', model, () => {});
  time.run(1_000);
  const jobs: CompletedJob[] = [];
  const submit = (done: () => void = () => {}) =>
    gpu.submit('m', 1, (job) => {
      jobs.push(job);
      done();
    });
  return { time, gpu, batches, jobs, submit };
}

/** Poisson arrivals: `count` requests, exponential gaps with a mean of `meanGapMs`. */
function poisson(
  time: VirtualTime,
  random: Random,
  count: number,
  meanGapMs: number,
  submit: () => void,
): void {
  let left = count;
  const next = () => {
    if (left === 0) return;
    left -= 1;
    time.after(-meanGapMs * Math.log(1 - random()), () => {
      submit();
      next();
    });
  };
  next();
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
/** Mean and standard error of correlated values, from the means of 40 long batches of them. */
function batchMeans(values: readonly number[]): { mean: number; error: number } {
  const size = Math.floor(values.length / 40);
  const means = Array.from({ length: 40 }, (_, index) =>
    mean(values.slice(index * size, (index + 1) * size)),
  );
  const centre = mean(means);
  return { mean: centre, error: Math.sqrt(mean(means.map((value) => (value - centre) ** 2)) / 39) };
}

/** `expected` lies within four standard errors, and these are small enough for that to mean something. */
function expectMean(values: readonly number[], expected: number): void {
  const seen = batchMeans(values);
  expect(seen.error / expected).toBeLessThan(0.03);
  expect(Math.abs(seen.mean - expected)).toBeLessThan(4 * seen.error);
}

const waitOf = ({ arrivedAt, startedAt }: CompletedJob) => startedAt - arrivedAt;

describe('the dynamic batcher', () => {
  test('a lone request waits out the window, then runs alone', () => {
    const { time, jobs, submit } = bench(cost);
    submit();
    time.run();
    expect(jobs).toEqual([
      { arrivedAt: 1_000, startedAt: 1_002, endedAt: 1_002 + meanServiceMs(cost, 1), batch: 1 },
    ]);
  });

  test('a full batch does not wait, and the rest come next, first in first out', () => {
    const { time, batches, jobs, submit } = bench(cost);
    for (let index = 0; index < 20; index += 1) submit();
    time.run();
    expect(batches).toEqual([16, 4]);
    expect(jobs[0]?.startedAt).toBe(1_000);
    expect(jobs.at(-1)?.startedAt).toBe(1_000 + meanServiceMs(cost, 16));
    expect(jobs.map(({ arrivedAt }) => arrivedAt)).toEqual(
      jobs.map(({ arrivedAt }) => arrivedAt).sort((a, b) => a - b),
    );
  });

  test('the queue is bounded, and who withdraws leaves it', () => {
    const { gpu, submit } = bench({ ...single, queueLimit: 2 });
    submit();
    const withdraw = submit();
    submit();
    expect(gpu.waiting('m')).toBe(2);
    expect(submit()).toBe('full');
    if (withdraw === 'full') throw new Error('the queue had room');
    withdraw();
    expect(gpu.waiting('m')).toBe(1);
    expect(submit()).not.toBe('full');
  });
});

describe('queueing laws', () => {
  test('saturation: full batches leave at B / service(B)', () => {
    const { time, jobs, submit } = bench(cost);
    const again = () => {
      submit(again);
    };
    for (let client = 0; client < 64; client += 1) again();
    time.run(1_000 + 100_000);
    expect(jobs.length / 100).toBeCloseTo(saturationPerSecond(cost), -1);
    expect(saturationPerSecond(cost)).toBeCloseTo(16_000 / 14.4, 9);
  });

  test("Little's law: mean number in the system = arrival rate × mean time in it", () => {
    let area = 0;
    const seen = bench(cost, (ms, requests) => {
      area += ms * requests;
    });
    const startedAt = seen.time.now();
    poisson(seen.time, randomStream('little'), 20_000, 1.5, seen.submit);
    seen.time.run();
    const seconds = seen.time.now() - startedAt;
    const inSystem = area / seconds;
    const arrivalRate = 20_000 / seconds;
    expect(
      inSystem /
        (arrivalRate * mean(seen.jobs.map(({ arrivedAt, endedAt }) => endedAt - arrivedAt))),
    ).toBeCloseTo(1, 9);
  });

  // Pollaczek and Khinchine: with constant service S and utilisation ρ the mean wait is ρS / 2(1 − ρ).
  test.each([0.2, 0.5, 0.8])('M/D/1: mean wait at utilisation %d', (load) => {
    const { time, jobs, submit } = bench(single);
    poisson(time, randomStream('m/d/1', load), 200_000, 10 / load, submit);
    time.run();
    expectMean(jobs.map(waitOf), (load * 10) / (2 * (1 - load)));
  });

  // With log-normal service of squared coefficient of variation c² = exp(σ²) − 1 it is (1 + c²) times as long.
  test('M/G/1: jitter lengthens the mean wait as the formula says, and leaves the mean service alone', () => {
    const jitter = 0.8;
    const { time, jobs, submit } = bench({ ...single, jitter });
    poisson(time, randomStream('m/g/1'), 200_000, 20, submit);
    time.run();
    expectMean(
      jobs.map(({ startedAt, endedAt }) => endedAt - startedAt),
      10,
    );
    expectMean(jobs.map(waitOf), (0.5 * 10 * Math.exp(jitter ** 2)) / (2 * 0.5));
  });
});

describe('sensors under load', () => {
  test('utilisation = arrival rate × service time, energy = ∫ power', () => {
    const { time, gpu, jobs, submit } = bench(single);
    const { idleWatts, busyWatts } = inferenceCard;
    const before = gpu.read().energyJoules;
    const startedAt = time.now();
    let sum = 0;
    let power = 0;
    const windows = 500;
    poisson(time, randomStream('sensors'), 1_000_000, 10 / 0.6, submit);
    for (let second = 1; second <= windows; second += 1) {
      time.run(startedAt + second * 1_000);
      const { utilization, powerWatts } = gpu.read();
      sum += utilization;
      power += powerWatts;
    }
    const busyMs = jobs.length * 10;
    expect(sum / windows).toBeCloseTo(busyMs / (windows * 1_000), 3);
    expect(sum / windows).toBeCloseTo(0.6, 1.5);
    const energy = gpu.read().energyJoules - before;
    expect(energy / power).toBeCloseTo(1, 9);
    expect(energy).toBeCloseTo(
      windows * idleWatts + (busyWatts - idleWatts) * (sum / windows) * windows,
      3,
    );
  });

  test('readings between do not change what the sensors add up to', () => {
    const run = (readEveryMs: number) => {
      const { time, gpu, submit } = bench(cost);
      poisson(time, randomStream('reads'), 2_000, 3, submit);
      for (let at = 1_000; at < 8_000; at += readEveryMs) {
        time.run(at);
        gpu.read();
      }
      time.run(8_000);
      return gpu.read();
    };
    const often = run(7);
    const once = run(7_000);
    expect(often.energyJoules).toBeCloseTo(once.energyJoules, 6);
    expect(often.temperatureCelsius).toBeCloseTo(once.temperatureCelsius, 9);
    expect(often.utilization).toBeCloseTo(once.utilization, 9);
  });
});

describe('faults of the device', () => {
  test('a stall delays, loses nothing, and takes its share of the capacity', () => {
    const { time, gpu, jobs, submit } = bench(single);
    gpu.setStall({ ms: 250, everyMs: 1_000, firstAt: 1_000 });
    const again = () => {
      submit(again);
    };
    for (let client = 0; client < 4; client += 1) again();
    time.run(101_000);
    expect(jobs.length).toBe(7_500);
    const busy = jobs.filter(({ startedAt }) => (startedAt - 1_000) % 1_000 < 250);
    expect(busy).toEqual([]);
  });

  test('a model that does not fit is refused and takes nothing', () => {
    const time = new VirtualTime();
    const gpu = new Gpu(inferenceCard, time, randomStream('memory'));
    const results: string[] = [];
    const load = (name: string, weightsMiB: number) =>
      gpu.load(name, { ...cost, weightsMiB }, ({ kind }) => results.push(`${name} ${kind}`));
    load('a', 10_000);
    load('b', 10_000);
    load('c', 5_000);
    time.run();
    expect(results).toEqual(['b out-of-memory', 'c loaded', 'a loaded']);
    expect(gpu.read()).toMatchObject({
      usedMiB: 15_000,
      freeMiB: 16_384 - 512 - 15_000,
      reservedMiB: 512,
    });
  });
});
