import { expect, test } from 'vitest';
import type { CountNote } from '../../slo/reason.ts';
import type { Reconciliation, TargetVerdict } from '../../slo/verdict.ts';
import { fixture } from '../fixture.testing.ts';
import { countWords } from './counts.ts';
import { spaced } from './format.ts';

const of = (agrees: boolean | null, ...notes: CountNote[]): Reconciliation => ({
  ...{ profile: 'mlops-aks', scenario: 'unique', rule: 'server-at-least', agrees, notes },
  rows: [
    { replica: 'all', signal: 'requests', client: 1060, server: 50 },
    { replica: 'all', signal: 'errors', client: 0, server: 0 },
    { replica: 'all', signal: 'cacheHits', client: 5, server: null },
  ],
});
const words = (reconciliation: Reconciliation[], warnings: string[] = []) =>
  countWords({ ...fixture('pass').verdicts, reconciliation, warnings }).map(spaced);

const restarted = (replica: string): CountNote => ({ code: 'restarted', replica, times: 1 });
const ended: CountNote = { code: 'ended', replica: 'b' };

test.each<[string, Reconciliation, RegExp[]]>([
  ['agree', of(true, restarted('a')), []],
  [
    'differ, which no target says',
    of(false),
    [/^mlops-aks\/unique: .* differ from what its client saw: all requests 50 of 1,060\.$/],
  ],
  [
    'cannot be compared',
    of(null, { code: 'no-counter', signal: 'errors' }, restarted('a'), ended),
    [
      /^mlops-aks\/unique: .* not compared with ours\. a restarted 1 time.* bound\. b was.* bound\.$/,
    ],
  ],
  [
    'cannot be compared for many reasons',
    of(null, ...['a', 'b', 'c', 'd', 'e'].map(restarted)),
    [/c restarted.*bound\. The report has 2 more of these notes\.$/],
  ],
  ['are of nobody', of(null), [/no answer whose replica is known\.$/]],
])('counts that %s', (_, reconciliation, expected) => {
  expect(words([reconciliation])).toEqual(expected.map((one) => expect.stringMatching(one)));
});

test('what several loads have in common is said once', () => {
  const [line, ...others] = words([of(null, ended), { ...of(null, ended), scenario: 'repeated' }]);
  expect(line).toMatch(/^mlops-aks\/unique, mlops-aks\/repeated: /);
  expect(others).toEqual([]);
});

test('what a target or a warning says already is not said again', () => {
  expect(fixture('fail').verdicts.reconciliation[0]?.agrees).toBe(false);
  const detail = 'connection refused';
  const unreadable = of(null, { code: 'unreadable', detail });
  expect(words([unreadable])).toHaveLength(1);
  const warning = `PROMETHEUS_FAILED: mlops-aks/unique: The server’s own counts could not be read: ${detail}`;
  expect(words([unreadable], [warning])).toEqual([]);
  const { verdicts } = fixture('pass');
  const target: TargetVerdict = {
    ...{ id: 'AK-MET-1', kind: 'met', statement: 's', section: 's', decision: 'fail' },
    objectives: [],
    checks: [
      {
        id: 'AK-MET-1/counts-agree',
        check: 'counts-agree',
        params: {},
        decision: 'fail',
        reason: { code: 'not-as-expected' },
      },
    ],
    leftOut: [],
  };
  const profiles = verdicts.profiles.map((one) => ({ ...one, targets: [target] }));
  expect(countWords({ ...verdicts, profiles, reconciliation: [of(false)] })).toEqual([]);
});
