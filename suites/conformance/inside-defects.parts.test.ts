import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Topology } from '../../fixtures/topology.ts';
import { mlopsAks } from '../../profiles/mlops-aks.ts';
import { type Observation, paramsOf } from '../../slo/check-record.ts';
import { partsOf } from '../../slo/profile.ts';
import type { Check } from '../runner/check.ts';
import { checks } from './checks/index.ts';
import { noCache, oneServer, smallCache } from './inside/stacks.ts';
import {
  type Defect,
  onOneServer,
  onSmallCache,
  whileLoading,
  withoutCache,
  withRedisKilled,
} from './inside-defects.testing.ts';
import { type TamperedStack, tamperedStack } from './tampered-stack.testing.ts';

/** What was looked at in checks of services that are as they should be, and what a defect made fail, as `check: subject`. */
const looked = new Set<string>();
const failed = new Set<string>();

const namedParts = mlopsAks.targets.flatMap(partsOf);

/** The parameters that the profile gives to a check. */
function paramsFor(id: string) {
  const part = namedParts.find((one) => 'check' in one && one.check === id);
  if (part === undefined || !('check' in part)) throw new Error(`no target names ${id}`);
  return paramsOf(part);
}

function checkOf(id: string): Check {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  return check;
}

const subjects = (observations: readonly Observation[]) => [
  ...new Set(observations.map(({ subject }) => subject)),
];
const wrong = (observations: readonly Observation[]) => observations.filter(({ ok }) => !ok);

/** A stack for a group of tests. */
function stackOf(topology: Topology): () => TamperedStack {
  let stack: TamperedStack | undefined;
  beforeAll(async () => {
    stack = await tamperedStack(topology);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());
  return () => {
    if (stack === undefined) throw new Error('the stack is not up');
    return stack;
  };
}

function areSatisfied(stack: () => TamperedStack, ids: readonly string[]) {
  test.for(ids)('%s finds nothing wrong with a good service', async (id) => {
    const observations = await stack().observe(checkOf(id), paramsFor(id));
    for (const subject of subjects(observations)) looked.add(`${id}: ${subject}`);
    expect(observations).not.toEqual([]);
    expect(wrong(observations)).toEqual([]);
  });
}

function areFound(stack: () => TamperedStack, defects: readonly Defect[]) {
  const rows = defects.flatMap(({ fails, ...defect }) =>
    Object.entries(fails).map(([id, what]) => ({ ...defect, id, what })),
  );
  test.for(rows)('$name: $id', async ({ id, what, seeded, params }) => {
    const observations = await stack().observe(
      checkOf(id),
      params ?? paramsFor(id),
      await seeded(),
    );
    const found = subjects(wrong(observations));
    for (const subject of found) failed.add(`${id}: ${subject}`);
    expect(found.sort()).toEqual(
      (what === 'everything' ? subjects(observations) : [...what]).sort(),
    );
  });
}

describe('one server', () => {
  // Time for all that is to be seen before the model is loaded.
  const slow = { device: 'loadFixedMs=8000' };
  const stack = stackOf(
    oneServer.map((part) => (part.part === 'reference-server' ? { ...part, flags: slow } : part)),
  );
  const loading = ['health-while-loading', 'probes-while-loading'];
  const loaded = checks.filter(
    ({ id, topology }) => topology === oneServer && !loading.includes(id),
  );

  areSatisfied(stack, loading);
  areFound(stack, whileLoading);
  areSatisfied(
    stack,
    loaded.map(({ id }) => id),
  );
  areFound(stack, onOneServer);

  test.for(loading)('%s says so when it comes too late to see anything', async (id) => {
    await expect(stack().observe(checkOf(id), {})).rejects.toThrow('The model was loaded before');
  });
});

describe('a small cache', () => {
  const stack = stackOf(smallCache);
  areSatisfied(stack, ['cache-over-tls', 'cache-evicts-lru']);
  areFound(stack, onSmallCache);
  areSatisfied(stack, ['works-without-cache']);
  areFound(stack, withRedisKilled);
});

describe('no cache', () => {
  const stack = stackOf(noCache);
  areSatisfied(stack, ['cache-switchable']);
  areFound(stack, withoutCache);
});

test('whatever these checks look at has been seen to fail', () => {
  expect(looked).not.toEqual(new Set());
  expect(looked.difference(failed)).toEqual(new Set());
});
