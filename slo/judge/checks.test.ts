import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckEvent } from '../check-record.ts';
import type { Profile } from '../profile.ts';
import { CheckRecords, judgeCheck } from './checks.ts';
import { exitCode, judgeRun } from './run.ts';

const begin = (check: string, run: number, params = {}): CheckEvent => ({
  kind: 'begin',
  run,
  at: 0,
  profile: 'p',
  suite: 'conformance',
  check,
  params,
});
const saw = (run: number, ok: boolean, exchange?: number): CheckEvent => ({
  kind: 'observation',
  run,
  at: 1,
  subject: 's',
  expected: 'e',
  seen: 'x',
  ok,
  ...(exchange === undefined ? {} : { exchange }),
});
const end = (run: number, how: 'done' | 'skipped' | 'crashed' | 'interrupted'): CheckEvent => ({
  kind: 'end',
  run,
  at: 2,
  end: how,
  ...(how === 'done' || how === 'interrupted' ? {} : { why: 'why' }),
});
const facts = { id: 'T-1/a', check: 'a', params: {} };

function judged(events: CheckEvent[]) {
  const records = new CheckRecords(new Set([7]));
  for (const event of events) records.add(event);
  const { decision, reason } = judgeCheck(
    facts,
    records.of({ profile: 'p', check: 'a', params: {} }),
  );
  return [decision, reason.code];
}

describe('a check', () => {
  test.each<[string, CheckEvent[], [string, string]]>([
    ['without a record', [], ['inconclusive', 'check-unrecorded']],
    [
      'of another name',
      [begin('b', 0), saw(0, true), end(0, 'done')],
      ['inconclusive', 'check-unrecorded'],
    ],
    ['that was killed', [begin('a', 0), saw(0, true)], ['inconclusive', 'check-broken-off']],
    [
      'that was interrupted',
      [begin('a', 0), end(0, 'interrupted')],
      ['inconclusive', 'check-broken-off'],
    ],
    ['that was skipped', [begin('a', 0), end(0, 'skipped')], ['inconclusive', 'check-skipped']],
    [
      'that crashed',
      [begin('a', 0), saw(0, true), end(0, 'crashed')],
      ['invalid', 'check-crashed'],
    ],
    [
      'whose exchange is lost',
      [begin('a', 0), saw(0, true, 8), end(0, 'done')],
      ['inconclusive', 'exchanges-lost'],
    ],
    [
      'whose exchange is lost, and was not as expected',
      [begin('a', 0), saw(0, false, 8), end(0, 'done')],
      ['fail', 'not-as-expected'],
    ],
    [
      'whose exchange is on record',
      [begin('a', 0), saw(0, true, 7), end(0, 'done')],
      ['pass', 'as-expected'],
    ],
    ['that saw nothing', [begin('a', 0), end(0, 'done')], ['invalid', 'saw-nothing']],
    [
      'that saw what it expected',
      [begin('a', 0), saw(0, true), end(0, 'done')],
      ['pass', 'as-expected'],
    ],
    [
      'that saw something else',
      [begin('a', 0), saw(0, true), saw(0, false), end(0, 'done')],
      ['fail', 'not-as-expected'],
    ],
    [
      'that saw something else and crashed',
      [begin('a', 0), saw(0, false), end(0, 'crashed')],
      ['fail', 'not-as-expected'],
    ],
    [
      'that saw something else and was killed',
      [begin('a', 0), saw(0, false)],
      ['fail', 'not-as-expected'],
    ],
    [
      'beside which another failed',
      [begin('a', 0), begin('b', 1), saw(0, true), saw(1, false), end(0, 'done')],
      ['pass', 'as-expected'],
    ],
  ])('%s', (_, events, verdict) => {
    expect(judged(events)).toEqual(verdict);
  });

  test('never passes without an end, and never without an observation, whatever else is recorded', () => {
    const event = fc.oneof(
      fc.constant(begin('a', 0)),
      fc.boolean().map((ok) => saw(0, ok)),
      fc.constantFrom('done', 'skipped', 'crashed', 'interrupted').map((how) => end(0, how)),
      fc.boolean().map((ok) => saw(1, ok)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const [decision] = judged(events);
        if (decision !== 'pass') return;
        const after = events.slice(events.findLastIndex(({ kind }) => kind === 'begin'));
        expect(after.some((one) => one.kind === 'observation' && one.run === 0 && one.ok)).toBe(
          true,
        );
        expect(after.some((one) => one.kind === 'end' && one.end === 'done')).toBe(true);
      }),
    );
  });
});

describe('a target of several parts', () => {
  const target = { id: 'T-1', kind: 'api', statement: 's', section: 's' } as const;
  const profileOf = (rest: object = {}): Profile => ({
    schemaVersion: 1,
    id: 'p',
    title: 'P',
    document: 'd',
    scenarios: {},
    conflicts: [],
    targets: [
      {
        ...target,
        ...rest,
        checks: [
          { check: 'a' },
          { check: 'b', mayNotRun: 'it needs a cluster' },
          { part: 'the rest', notRun: 'nobody knows how' },
        ],
      },
    ],
  });
  const planned = ['a', 'b'].map((check) => ({
    profile: 'p',
    suite: 'conformance',
    check,
    params: {},
  }));

  async function run(
    events: CheckEvent[],
    { suites = ['conformance'], rest = {}, day = '2026-03-01', checks = planned } = {},
  ) {
    const seen = new CheckRecords();
    for (const event of events) seen.add(event);
    const [own] = await judgeRun({
      profiles: [profileOf(rest)],
      targets: null,
      suites,
      checks,
      day,
      scenarios: [],
      samples: [],
      seen: () => seen,
      service: { kind: 'reference-stack' },
    });
    const targets = own?.targets ?? [];
    const code = exitCode({ targets, checks: own?.checks ?? [], asked: null, harness: 'sound' });
    return { target: targets[0], code, own: own?.checks, leftOut: own?.leftOut };
  }
  const good = (check: string, at: number) => [begin(check, at), saw(at, true), end(at, 'done')];

  test('passes with k of n where the profile lets the others be left out', async () => {
    const { target: seen, code } = await run([...good('a', 0), begin('b', 1), end(1, 'skipped')]);
    expect(seen).toMatchObject({
      decision: 'pass',
      checks: [{ id: 'T-1/a', decision: 'pass' }],
      leftOut: [
        { part: 'T-1/b', reason: { code: 'check-skipped' } },
        { part: 'T-1/the rest', reason: { code: 'profile', text: 'nobody knows how' } },
      ],
    });
    expect(code).toBe(0);
  });

  test('a part that may be left out still decides where it was done', async () => {
    const { target: seen, code } = await run([
      ...good('a', 0),
      begin('b', 1),
      saw(1, false),
      end(1, 'done'),
    ]);
    expect([seen?.decision, code]).toEqual(['fail', 1]);
  });

  test('a part that may not be left out, and was skipped, leaves the target undecided', async () => {
    const { target: seen, code } = await run([begin('a', 0), end(0, 'skipped'), ...good('b', 1)]);
    expect([seen?.decision, code]).toEqual(['inconclusive', 2]);
  });

  test('a record that is missing counts as inconclusive', async () => {
    expect((await run(good('a', 0))).target?.decision).toBe('inconclusive');
  });

  test('is not run where its suite was not asked for', async () => {
    const { target: seen, code } = await run([], { suites: ['load'] });
    expect(seen).toMatchObject({
      decision: 'not-run',
      reason: { code: 'suite-not-asked', suite: 'conformance' },
    });
    expect(code).toBe(3);
  });

  const advisory = { reason: 'new in this release', until: '2026-03-01' };
  test.each([
    ['on its last day', '2026-03-01', false, 3],
    ['after it', '2026-03-02', true, 1],
  ] as const)('an advisory one that failed %s', async (_, day, counts, code) => {
    const failed = [begin('a', 0), saw(0, false), end(0, 'done'), ...good('b', 1)];
    const seen = await run(failed, { rest: { advisory }, day });
    expect(seen.target).toMatchObject({ decision: 'fail', advisory: { ...advisory, counts } });
    expect(seen.code).toBe(code);
  });

  test('a check that no target names is decided under its own id, and counts', async () => {
    const own = { profile: 'p', suite: 'conformance', check: 'c', params: {} };
    const seen = await run(
      [...good('a', 0), ...good('b', 1), begin('c', 2), saw(2, false), end(2, 'done')],
      { checks: [...planned, own] },
    );
    expect(seen.own).toMatchObject([{ id: 'c', decision: 'fail' }]);
    expect(seen.code).toBe(1);
  });

  test('such a check that was skipped counts for nothing', async () => {
    const own = { profile: 'p', suite: 'conformance', check: 'c', params: {} };
    const seen = await run([...good('a', 0), ...good('b', 1), begin('c', 2), end(2, 'skipped')], {
      checks: [...planned, own],
    });
    expect([seen.own, seen.leftOut, seen.code]).toEqual([
      [],
      [{ part: 'c', reason: { code: 'check-skipped', why: 'why' } }],
      0,
    ]);
  });
});
