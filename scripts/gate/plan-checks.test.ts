import { describe, expect, test } from 'vitest';
import { partIssues } from '../../profiles/check-parts.ts';
import { profiles } from '../../profiles/index.ts';
import type { Profile, Scenario } from '../../slo/profile.ts';
import { catalogue, checkParams } from '../../suites/catalogue.ts';
import { planChecks } from './plan-checks.ts';

test('no two checks have one id', () => {
  const ids = catalogue.map(({ check }) => check.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(profiles.map((profile) => [profile.id, profile] as const))(
  'the checks that %s names are there, and take its parameters',
  (_, profile) => {
    expect(partIssues(profile, checkParams)).toEqual([]);
  },
);

describe('what is planned', () => {
  const facts = { kind: 'api', statement: 's', section: 's' } as const;
  const profile: Profile = {
    schemaVersion: 1,
    id: 'p',
    title: 'P',
    document: 'd',
    scenarios: {},
    conflicts: [],
    targets: [
      { ...facts, id: 'T-1', checks: [{ check: 'max-elements', limit: 10 }] },
      {
        ...facts,
        id: 'T-2',
        checks: [
          { check: 'max-elements', mayNotRun: 'why not', limit: 10 },
          { check: 'max-elements', limit: 20 },
        ],
      },
      { ...facts, id: 'T-3', notRun: 'later' },
    ],
  };
  const planned = (targets: string[] | null, named: string[] = []) =>
    planChecks([profile], { targets, named }).map(({ check, params }) => [check, params]);

  test('a check is done once for equal parameters', () => {
    expect(planned(null)).toEqual([
      ['max-elements', { limit: 10 }],
      ['max-elements', { limit: 20 }],
    ]);
    expect(planned(['T-1'])).toEqual([['max-elements', { limit: 10 }]]);
  });

  test('of a suite that is named, also what decides no target, where it needs no parameter', () => {
    expect(planned(null, ['conformance'])).toContainEqual(['empty-body', {}]);
    expect(planned(['T-1'], ['conformance'])).toEqual([['max-elements', { limit: 10 }]]);
  });

  test('but nothing of an API that the profile does not speak', () => {
    const load: Scenario = {
      api: 'kserve-v1',
      model: 'm',
      payloads: { kind: 'unique' },
      arrivals: { shape: 'constant', perSecond: 1 },
    };
    const asked = { targets: null, named: ['conformance'] };
    const own = planChecks([{ ...profile, scenarios: { load } }], asked).map(({ check }) => check);
    expect(own).toContain('v1-models');
    expect(own).toContain('http-methods');
    expect(own).not.toContain('empty-body');
  });
});
