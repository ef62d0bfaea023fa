import { describe, expect, test } from 'vitest';
import type { Profile, Scenario } from '../profile.ts';
import type { Sample } from '../sample.ts';
import type { TargetVerdict } from '../verdict.ts';
import { runVerdictsSchema } from '../verdict.ts';
import { CheckRecords } from './checks.ts';
import { neededMs, undecidable } from './feasibility.ts';
import { planRun, timeoutMs } from './plan.ts';
import { rules } from './rules.ts';
import { exitCode, judgeRun } from './run.ts';
import {
  down,
  p95,
  p99,
  planned,
  record,
  replay,
  samples,
  unique,
  wrong,
} from './samples.testing.ts';

const facts = { kind: 'slo', statement: 'a promise', section: '1' } as const;
const profile: Profile = {
  schemaVersion: 1,
  id: 'p',
  title: 'P',
  document: 'd',
  scenarios: { unique, other: unique, unused: unique },
  conflicts: [],
  targets: [
    { ...facts, id: 'P-SLO-1', objectives: [p95, p99] },
    { ...facts, id: 'P-SLO-2', implied: 'something', objectives: [down] },
    { ...facts, id: 'P-SLO-3', objectives: [{ ...wrong, scenario: 'other' }] },
    { ...facts, id: 'P-API-1', kind: 'api', notRun: 'The suite for it comes later.' },
  ],
};

const judged = async (targets: string[] | null, all: Iterable<Sample>, scenarios = [record()]) => {
  const [own] = await judgeRun({
    profiles: [profile],
    targets,
    scenarios,
    samples: all,
    suites: ['load'],
    checks: [],
    day: '2026-03-01',
    seen: () => new CheckRecords(),
    service: { kind: 'reference-stack' },
  });
  return own?.targets ?? [];
};
const code = (targets: TargetVerdict[], asked: string[] | null) =>
  exitCode({ targets, checks: [], asked, harness: 'sound' });
const decisions = (targets: TargetVerdict[]) => targets.map(({ decision }) => decision);

describe('the plan', () => {
  test('names objectives, their scenarios, and shares the false fails among all of the run', () => {
    const plan = planRun([profile], null);
    expect(plan.objectives).toBe(4);
    expect(plan.alphaFail).toBe(rules.alpha / 4);
    expect(
      plan.profiles[0]?.targets.flatMap(({ objectives }) => objectives.map(({ id }) => id)),
    ).toEqual([
      'P-SLO-1/latency-p95',
      'P-SLO-1/latency-p99',
      'P-SLO-2/unavailability',
      'P-SLO-3/wrong-answers',
    ]);
    expect(plan.profiles[0]?.scenarios.map(({ qualified }) => qualified)).toEqual([
      'p/unique',
      'p/other',
    ]);
  });

  test('is restricted by the targets that were asked for', () => {
    const plan = planRun([profile], ['P-SLO-3']);
    expect(plan.objectives).toBe(1);
    expect(plan.profiles[0]?.scenarios.map(({ name }) => name)).toEqual(['other']);
  });

  test('two objectives of one name in a target get ids of their own', () => {
    const twice: Profile = {
      ...profile,
      targets: [
        {
          ...facts,
          id: 'P-SLO-1',
          objectives: [p99, { ...p99, scenario: 'other' }, { ...p99, quantile: 0.999 }],
        },
      ],
    };
    const ids = planRun([twice], null).profiles[0]?.targets[0]?.objectives.map(({ id }) => id);
    expect(ids).toEqual(['P-SLO-1/latency-p99', 'P-SLO-1/latency-p99-2', 'P-SLO-1/latency-p99.9']);
  });

  test('the client waits four times the largest limit', () => {
    expect(timeoutMs(profile)).toBe(2000);
  });
});

describe('what a budget can decide', () => {
  test('availability of 99.9 % takes some ten thousand requests without an error', () => {
    const slow = { ...unique, arrivals: { shape: 'poisson', perSecond: 100 } } as const;
    expect(neededMs(down, slow, 0)).toBe(100_220);
    expect(undecidable([{ id: 'x', objective: down }], slow, 30_000, 60_000)).toEqual([
      { id: 'x', neededMs: neededMs(down, slow, 0) },
    ]);
  });

  test('never less than the minimum time; a closed model has no rate to foresee', () => {
    expect(neededMs(p95, unique, 30_000)).toBe(30_000);
    expect(
      neededMs(p95, { ...unique, arrivals: { shape: 'closed', concurrency: 10 } }, 30_000),
    ).toBe(30_000);
    expect(undecidable([{ id: 'x', objective: p95 }], unique, 30_000, 30_000)).toEqual([]);
  });

  test('a budget below the minimum time still brings enough requests to fail on', () => {
    expect(undecidable([{ id: 'x', objective: p95 }], unique, 60_000, 45_000)).toEqual([]);
  });

  test.each([p95, p99, wrong, down])(
    'is what the judge itself asks for: $indicator',
    (objective) => {
      const slow = { ...unique, arrivals: { shape: 'constant', perSecond: 50 } } as const;
      const needed = neededMs(objective, slow, 0);
      const decided = (ms: number) => {
        const stream = samples(Math.floor(ms / 20), () => 5).map((one) => ({
          ...one,
          phase: 'judged' as const,
          intendedStart: one.index * 20,
          start: one.index * 20,
          end: one.index * 20 + 5,
        }));
        return replay(
          stream,
          planned(objective),
          record({ scenario: slow, warmupMs: 0, minTimeMs: ms, plannedMs: ms }),
        )[0]?.decision;
      };
      expect([decided(needed), decided(needed - 20)]).toEqual(['pass', 'inconclusive']);
    },
  );
});

describe('a run', () => {
  const healthy = (scenario: string) =>
    samples(
      18_300,
      () => 20,
      () => ({ scenario }),
    );
  const both = [record(), record({ name: 'p/other' })];

  test('decides every target from its samples, scenarios mixed, and fits the published schema', async () => {
    const [one, other] = [healthy('p/unique'), healthy('p/other')];
    const targets = await judged(
      null,
      one.flatMap((sample, at) => [sample, other[at] ?? sample]),
      both,
    );
    expect(decisions(targets)).toEqual(['pass', 'pass', 'pass', 'not-run']);
    expect(code(targets, null)).toBe(0);
    const whole = {
      schemaVersion: 3,
      run: 'r',
      exitCode: 0,
      simulated: true,
      profiles: [
        { id: 'p', title: 'P', document: 'd', targets, checks: [], leftOut: [], conflicts: [] },
      ],
    };
    expect(
      runVerdictsSchema.parse({
        ...whole,
        reconciliation: [],
        spread: [],
        failures: [],
        warnings: [],
      }).profiles[0]?.targets,
    ).toEqual(targets);
  });

  test('a scenario that was never driven is not decided', async () => {
    const targets = await judged(null, healthy('p/unique'));
    expect(decisions(targets)).toEqual(['pass', 'pass', 'inconclusive', 'not-run']);
    expect(targets[2]).toMatchObject({
      objectives: [{ stop: 'not-started', reason: { code: 'not-driven' } }],
    });
    expect(code(targets, null)).toBe(2);
  });

  test('the worst objective decides a target', async () => {
    const targets = await judged(
      ['P-SLO-1'],
      samples(18_300, () => 250),
    );
    expect(decisions(targets)).toEqual(['fail', 'not-run', 'not-run', 'not-run']);
    expect(targets[0]).toMatchObject({ objectives: [{ decision: 'fail' }, { decision: 'pass' }] });
    expect(code(targets, ['P-SLO-1'])).toBe(1);
  });

  test('the same evidence gives the same verdicts, byte for byte', async () => {
    const all = samples(18_300, (index) => (index % 30 === 0 ? 220 : 20));
    expect(JSON.stringify(await judged(null, all))).toBe(
      JSON.stringify(await judged(null, JSON.parse(JSON.stringify(all)))),
    );
  });
});

describe('a service that says nothing of a cache', () => {
  const repeated: Scenario = {
    ...unique,
    payloads: { kind: 'repeated', distinct: 20, ttlSeconds: 3600 },
  };
  const misses = { indicator: 'cache-misses', scenario: 'unique', maxShare: 0.2 } as const;
  const cached: Profile = {
    ...profile,
    scenarios: { unique: repeated },
    targets: [
      { ...facts, id: 'P-SLO-1', objectives: [misses] },
      { ...facts, id: 'P-SLO-2', objectives: [p95, misses] },
    ],
  };
  const silent = samples(
    18_300,
    () => 20,
    (index) => ({ payload: index % 20 }),
  );
  const targetsOf = async (kind: 'external' | 'reference-stack', all = silent) => {
    const recorded = {
      profiles: [cached],
      targets: null,
      scenarios: [record({ scenario: repeated })],
      samples: all,
      service: { kind },
      suites: ['load'],
      checks: [],
      day: '2026-03-01',
      seen: () => new CheckRecords(),
    };
    return (await judgeRun(recorded)).flatMap((one) => one.targets);
  };
  const reason = { code: 'no-cache-sign' };

  test('has no cache that could be judged where it is a team’s own; the other objectives decide', async () => {
    const targets = await targetsOf('external');
    expect(decisions(targets)).toEqual(['not-run', 'pass']);
    expect(targets).toMatchObject([
      { reason },
      {
        objectives: [{ id: 'P-SLO-2/latency-p95', decision: 'pass' }],
        leftOut: [{ part: 'P-SLO-2/cache-misses', reason }],
      },
    ]);
    expect([code(targets, null), code(targets, ['P-SLO-1'])]).toEqual([0, 3]);
  });

  test('leaves it open on the reference stack, which must say it', async () => {
    const targets = await targetsOf('reference-stack');
    expect(decisions(targets)).toEqual(['inconclusive', 'inconclusive']);
    expect(targets[0]).toMatchObject({ objectives: [{ reason }] });
    expect(code(targets, null)).toBe(2);
  });

  test('is no excuse for one that says that it missed', async () => {
    const missed = silent.map((one) => ({ ...one, cacheHit: false }));
    expect(decisions(await targetsOf('external', missed))).toEqual(['fail', 'fail']);
  });
});

describe('the exit code', () => {
  const target = (id: string, decision: TargetVerdict['decision']): TargetVerdict =>
    decision === 'not-run'
      ? { ...facts, id, decision, reason: { code: 'not-asked' } }
      : { ...facts, id, decision, objectives: [], checks: [], leftOut: [] };
  test.each([
    [['pass', 'not-run'], null, 0],
    [['pass', 'inconclusive', 'fail', 'invalid'], null, 1],
    [['pass', 'inconclusive', 'invalid'], null, 3],
    [['pass', 'inconclusive'], null, 2],
    [['not-run', 'not-run'], null, 3],
    [[], null, 3],
    [['pass', 'not-run'], ['T-1'], 3],
    [['pass', 'not-run'], ['T-0'], 0],
  ] as const)('of %j, asked for %j, is %i', (all, only, expected) => {
    const targets = all.map((decision, at) => target(`T-${at}`, decision));
    expect(code(targets, only === null ? null : [...only])).toBe(expected);
  });
});
