import { expect, test } from 'vitest';
import { readTopology, usualTopology } from '../../../fixtures/topology.ts';
import { checks } from './index.ts';

const stacks = checks.map(({ topology }) =>
  JSON.stringify(readTopology(topology ?? usualTopology())),
);

test('checks of one stack follow each other, so that it is brought up once', () => {
  const changes = stacks.filter((stack, at) => stack !== stacks[at - 1]);
  expect(changes).toEqual([...new Set(stacks)]);
});

test('who harms a stack comes after all others that need it', () => {
  const harmed = checks.flatMap(({ harms }, at) => (harms ? at : []));
  for (const at of harmed) expect(stacks.slice(at + 1)).not.toContain(stacks[at]);
});
