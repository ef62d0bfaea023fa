import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Arrivals, Objective, Scenario } from '../slo/profile.ts';
import { profileSchema } from './profile-schema.ts';

type Input = z.input<typeof profileSchema>;

const latency: Objective = {
  indicator: 'latency',
  scenario: 'load',
  quantile: 0.99,
  limitMs: 100,
  limitIs: 'below',
};

function profile(
  objectives: Objective[],
  scenario: Partial<Scenario> = {},
  rest: Partial<Input> = {},
): Input {
  const load = {
    api: 'score' as const,
    model: 'm',
    payloads: { kind: 'unique' as const },
    arrivals: { shape: 'constant' as const, perSecond: 60 },
    ...scenario,
  };
  const target = { id: 'T-1', kind: 'slo' as const, statement: 's', section: 's', objectives };
  return {
    schemaVersion: 1,
    id: 'p',
    title: 't',
    document: 'd',
    scenarios: { load },
    targets: [target],
    ...rest,
  };
}

function breaches(input: Input): string[] {
  const { error } = profileSchema.safeParse(input);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('a sound profile passes, and its conflicts default to none', () => {
  expect(profileSchema.parse(profile([latency])).conflicts).toEqual([]);
});

describe('names', () => {
  test('targets stand once, and what conflicts name exists', () => {
    const twice = profile([latency]);
    twice.targets = [...twice.targets, ...twice.targets];
    twice.conflicts = [{ statement: 'c', touches: ['T-1', 'T-9'] }];
    expect(breaches(twice)).toEqual([
      'targets.1.id: T-1 stands twice',
      'conflicts.0.touches.1: names T-9, which is no target of this profile',
    ]);
  });

  test('a scenario that is named exists, also when every object has something of that name', () => {
    expect(breaches(profile([latency, { ...latency, scenario: 'constructor' }]))).toEqual([
      'targets.0.objectives.1.scenario: no scenario "constructor"; there are: load',
    ]);
  });

  test('a profile without scenarios says so', () => {
    expect(breaches(profile([latency], {}, { scenarios: {} }))).toEqual([
      'targets.0.objectives.0.scenario: no scenario "load"; this profile has no scenarios',
    ]);
  });

  test('a scenario that decides nothing is refused', () => {
    const input = profile([latency]);
    const load = input.scenarios?.['load'];
    if (load !== undefined) input.scenarios = { load, spare: load };
    expect(breaches(input)).toEqual([
      'scenarios.spare: no objective is decided by this scenario; use it or remove it',
    ]);
  });

  test('the same objective twice is refused, the same quantile with another limit is not', () => {
    expect(breaches(profile([latency, { ...latency }]))).toEqual([
      'targets.0.objectives.1: stands twice in this target',
    ]);
    expect(breaches(profile([latency, { ...latency, limitMs: 90 }]))).toEqual([]);
  });

  test('a number of requests is no length in time, and a ramp has its own', () => {
    expect(breaches(profile([latency], { requests: 10_000 }))).toEqual([]);
    expect(breaches(profile([latency], { requests: 10_000, durationSeconds: 600 }))).toEqual([
      'scenarios.load.requests: give requests or durationSeconds, not both',
    ]);
    expect(
      breaches(
        profile([latency], {
          requests: 100,
          arrivals: { shape: 'ramp', fromPerSecond: 1, toPerSecond: 9 },
        }),
      ),
    ).toEqual(['scenarios.load.requests: a ramp is as long as the budget; leave requests out']);
  });

  test('no profile may be called "all"', () => {
    expect(breaches(profile([latency], {}, { id: 'all' }))).toEqual([
      'id: "all" stands for all built-in profiles; choose another id',
    ]);
  });
});

describe('promises that the load could never show to be kept', () => {
  const throughput = (minPerSecond: number): Objective => ({
    indicator: 'throughput',
    scenario: 'load',
    minPerSecond,
  });
  const misses: Objective = { indicator: 'cache-misses', scenario: 'load', maxShare: 0.2 };
  const repeated = (distinct: number, ttlSeconds: number) => ({
    kind: 'repeated' as const,
    distinct,
    ttlSeconds,
  });

  test.each<[Arrivals, number]>([
    [{ shape: 'constant', perSecond: 60 }, 60],
    [{ shape: 'poisson', perSecond: 60 }, 60],
    [{ shape: 'ramp', fromPerSecond: 20, toPerSecond: 100 }, 60],
  ])('throughput on open arrivals %j stays below their mean rate', (arrivals, mean) => {
    expect(breaches(profile([throughput(mean)], { arrivals }))).toEqual([
      expect.stringMatching(
        `^targets.0.objectives.0: only ${mean} requests/s arrive, so more than ${mean} can never be answered`,
      ),
    ]);
    expect(breaches(profile([throughput(mean - 1)], { arrivals }))).toEqual([]);
  });

  test('throughput of closed clients is up to the server', () => {
    expect(
      breaches(profile([throughput(1e6)], { arrivals: { shape: 'closed', concurrency: 1 } })),
    ).toEqual([]);
  });

  test('cache misses need repeated payloads that come back in time', () => {
    expect(breaches(profile([misses]))).toEqual([
      expect.stringContaining('a cache cannot hit on unique payloads'),
    ]);
    expect(breaches(profile([misses], { payloads: repeated(600, 10) }))).toEqual([
      expect.stringContaining('a body comes back after 10 s, when its 10 s in the cache are over'),
    ]);
    expect(breaches(profile([misses], { payloads: repeated(599, 10) }))).toEqual([]);
  });

  /** Least n without a bad request that the judge passes: 1.5 times ln(α / 8) / ln(quantile). */
  test.each([
    [0.9, 96],
    [0.95, 196],
    [0.99, 998],
    [0.999, 10_022],
  ])('a documented duration brings enough requests for quantile %d: %i', (quantile, least) => {
    const at = (requests: number) =>
      breaches(
        profile([{ ...latency, quantile }], {
          arrivals: { shape: 'constant', perSecond: 1 },
          durationSeconds: requests,
        }),
      );
    expect(at(least)).toEqual([]);
    expect(at(least - 1)).toEqual([
      expect.stringContaining(`even without a bad one ${least} are needed`),
    ]);
  });

  test('for shares of bad requests the same number holds as for the quantile beside them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 1, max: 5000 }),
        (perMille, durationSeconds) => {
          const load = { arrivals: { shape: 'constant' as const, perSecond: 1 }, durationSeconds };
          const asShare = breaches(
            profile([{ indicator: 'failures', scenario: 'load', maxShare: perMille / 1000 }], load),
          );
          const asQuantile = breaches(
            profile([{ ...latency, quantile: 1 - perMille / 1000 }], load),
          );
          expect(asShare.length).toBe(asQuantile.length);
        },
      ),
    );
  });

  test.each([-1, 0, 1, 95])(
    'a quantile of %d is refused for what it is, and for nothing else',
    (quantile) => {
      const wrong = breaches(profile([{ ...latency, quantile }], { durationSeconds: 30 }));
      expect(wrong).toEqual([expect.stringMatching(/^targets\.0/)]);
      expect(wrong).not.toEqual([expect.stringContaining('are needed')]);
    },
  );

  test.each([1e-12, 1e-300])('a share as small as %d is answered at once', (maxShare) => {
    const load = { durationSeconds: 30 };
    expect(
      breaches(profile([{ indicator: 'failures', scenario: 'load', maxShare }], load)),
    ).toEqual([expect.stringContaining('are needed to be sure')]);
  });
});
