import { describe, expect, test } from 'vitest';
import type { Profile } from '../slo/profile.ts';
import { profiles } from './index.ts';
import { profileSchema } from './profile-schema.ts';
import listed from './target-ids.json' with { type: 'json' };

const prefixes: Record<string, string> = {
  matrixinfer: 'MI',
  'mlops-aks': 'AK',
  'torchserve-tensorzero': 'TT',
  'ai-inference-lb': 'LB',
  'kserve-mlops': 'KS',
};

const all = profiles.map((profile): [string, Profile] => [profile.id, profile]);

test('the profiles are those of the list, in the order of the documents', () => {
  expect(profiles.map(({ id }) => id)).toEqual(Object.keys(listed.profiles));
});

test('no id stands in two profiles', () => {
  const ids = profiles.flatMap(({ targets }) => targets.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBe(137);
});

describe.each(all)('%s', (id, profile) => {
  const list = Object.entries(listed.profiles).find(([name]) => name === id)?.[1] ?? [];

  test('has exactly the targets of the list, with their kinds and what is only implied', () => {
    const own = profile.targets.map((target) => ({
      id: target.id,
      kind: target.kind,
      implied: target.implied !== undefined,
    }));
    expect(own).toEqual(list);
  });

  test('has ids of its own prefix and of the form <prefix>-<kind>-<number>', () => {
    for (const target of profile.targets)
      expect(target.id).toMatch(RegExp(`^${prefixes[id]}-${target.kind.toUpperCase()}-\\d+$`));
  });

  test('is a valid profile, and parsing changes nothing', () => {
    expect(profileSchema.parse(profile)).toEqual(profile);
  });

  test('says of every target that is not decided what will decide it', () => {
    for (const target of profile.targets) {
      if ('notRun' in target)
        expect(target.notRun).toMatch(/\b(suite|checks?)\b.* in a later version/);
    }
  });

  test('names no target twice in one conflict', () => {
    expect(profile.conflicts.length).toBeGreaterThan(0);
    for (const { touches } of profile.conflicts) expect(new Set(touches).size).toBe(touches.length);
  });
});

test('the objectives decided today are these and no others', () => {
  const decided = profiles.flatMap(({ targets }) =>
    targets.filter((target) => 'objectives' in target).map(({ id }) => id),
  );
  expect(decided).toEqual([
    ...['AK-SLO-1', 'AK-SLO-2', 'AK-SLO-3', 'AK-SLO-4', 'AK-SLO-5'],
    ...['KS-SLO-1', 'KS-SLO-2', 'KS-SLO-3', 'KS-SLO-5'],
  ]);
});
