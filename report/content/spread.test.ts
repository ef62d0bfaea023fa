import { expect, test } from 'vitest';
import type { Spread } from '../../slo/verdict.ts';
import { fixture } from '../fixture.testing.ts';
import { spaced } from './format.ts';
import { spreadWords } from './spread.ts';

const of = (replicas: Spread['replicas'], unnamed = 0) => ({
  profile: 'p',
  scenario: 'unique',
  replicas,
  unnamed,
});
const replica = (name: string, answers: number, errors = 0) => ({ replica: name, answers, errors });

test.each<[string, Spread, string[]]>([
  ['names none', of([], 500), []],
  [
    'has one',
    of([replica('r1', 500)]),
    ['p/unique: all 500 answers came from r1, the only replica that showed.'],
  ],
  [
    'has three',
    of([replica('r1', 250), replica('r2', 250, 3), replica('r3', 500)]),
    ['p/unique: answers came from r1 25 %, r2 25 % (3 errors), r3 50 %.'],
  ],
  [
    'names some',
    of([replica('r1', 90)], 10),
    ['p/unique: answers came from r1 90 %, no name 10 %.'],
  ],
  [
    'has many',
    of(Array.from({ length: 12 }, (_, at) => replica(`r${at}`, 100))),
    [
      `p/unique: answers came from ${Array.from({ length: 10 }, (_, at) => `r${at} 8.33 %`).join(', ')}, 2 more.`,
    ],
  ],
])('of a service that %s', (_, spread, words) => {
  expect(spreadWords({ ...fixture('pass').verdicts, spread: [spread] }).map(spaced)).toEqual(words);
});
