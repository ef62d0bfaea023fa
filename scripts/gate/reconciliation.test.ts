import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { seriesName } from '../../evidence/series.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import { AnswerCounts } from '../../slo/reconcile.ts';
import type { Reconciliation, Stop } from '../../slo/verdict.ts';
import { brokenReconciliation, countsAgree, reconcileScenarios } from './reconciliation.ts';

const scenario = 'mlops-aks/unique';

interface Seen {
  kind: 'external' | 'pass';
  answers: number;
  series: { metric: string; labels?: Record<string, string>; values: (number | null)[] }[];
  more?: object;
}

/** What is made of counters that were scraped once a second from 0 s on; the load is from 0.5 s on. */
function reconciled({ kind, answers, series, more = {} }: Seen): Reconciliation {
  const folder = scratch();
  mkdirSync(join(folder, runFiles.series));
  const file = {
    ...{ scenario, dialect: 'reference', from: 500, to: 10_000, failure: null, ...more },
    series: series.map(({ metric, labels = {}, values }) => ({
      metric,
      labels: { instance: 'i:1', ...labels },
      points: values.flatMap((value, at) => (value === null ? [] : [[at * 1000, value]])),
    })),
  };
  writeFileSync(join(folder, runFiles.series, seriesName(scenario)), JSON.stringify(file));
  const counts = new AnswerCounts();
  for (let index = 0; index < answers; index++)
    counts.add({
      ...{ index, scenario, phase: 'judged', intendedStart: 0, start: 0, end: 1, outcome: 'ok' },
      ...{ status: 200, bytes: 2, requestId: 'r', route: 'main', replica: 'i:1' },
    });
  const { run } = fixture(kind);
  const scenarios = run.scenarios.filter(({ name }) => name === scenario);
  const [found] = reconcileScenarios(folder, { ...run, scenarios }, counts);
  if (found === undefined) throw new Error('nothing was reconciled');
  return found;
}

const metric = 'inference_requests_total';
const startTime = 'process_start_time_seconds';

describe('less than the client saw is held against a service that is there all the time, and against no other', () => {
  test('one that is there', () => {
    const series = [
      { metric, values: [100, 130, 150] },
      { metric: startTime, values: [7, 7, 7] },
      { metric: 'up', values: [1, 1, 1] },
    ];
    const { agrees, notes } = reconciled({ kind: 'external', answers: 60, series });
    expect(agrees).toBe(false);
    expect(notes.map(({ code }) => code)).toEqual(['no-counter', 'no-counter']);
  });

  test.each<[string, Seen['series'], object]>([
    [
      'a restart after which its counter is higher than before',
      [
        { metric, values: [10, 20, 30] },
        { metric: startTime, values: [7, 7, 5000] },
        { metric: 'up', values: [1, 1, 1] },
      ],
      { code: 'restarted', replica: 'i:1', times: 1 },
    ],
    [
      'a restart that another of its counters shows',
      [
        { metric, values: [10, 20, 30] },
        { metric: 'inference_errors_total', values: [5, 5, 0] },
      ],
      { code: 'restarted', replica: 'i:1', times: 1 },
    ],
    [
      'a scrape that failed, after which nobody knows',
      [
        { metric, values: [10, null, 30] },
        { metric: 'up', values: [1, 0, 1] },
      ],
      { code: 'unreachable', replica: 'i:1', times: 1 },
    ],
    [
      'an end before the last scrape',
      [
        { metric, values: [10, 30, null] },
        { metric: startTime, values: [7, 7, null] },
        { metric: 'up', values: [1, 1, 0] },
      ],
      { code: 'ended', replica: 'i:1' },
    ],
    [
      'start times that go back and forth, as those of several workers behind one address',
      [
        { metric, values: [10, 900, 30, 920] },
        { metric: startTime, values: [7, 9, 7, 9] },
      ],
      { code: 'several-processes', replica: 'i:1', seen: 'start-times' },
    ],
    [
      'counts that go down though its start time stays',
      [
        { metric, values: [10, 900, 30] },
        { metric: startTime, values: [7, 7, 7] },
      ],
      { code: 'several-processes', replica: 'i:1', seen: 'counts' },
    ],
    [
      'counts that go up and down',
      [{ metric, values: [900, 10, 905, 20, 910, 30] }],
      { code: 'several-processes', replica: 'i:1', seen: 'counts' },
    ],
  ])('one with %s', (_, series, note) => {
    for (const kind of ['external', 'pass'] as const) {
      const { agrees, notes } = reconciled({ kind, answers: 2000, series });
      expect(agrees, kind).toBeNull();
      expect(notes).toContainEqual(note);
    }
  });

  test('one that was last scraped before the last answer was in', () => {
    const { agrees, notes } = reconciled({
      kind: 'external',
      answers: 60,
      series: [
        { metric, values: [100, 130] },
        { metric: 'up', values: [1, 1] },
      ],
      more: { answeredBy: 1500 },
    });
    expect(agrees).toBeNull();
    expect(notes).toContainEqual({ code: 'ended', replica: 'i:1' });
  });
});

describe('a service that is as it was', () => {
  test('is counted over a failed scrape, where its start time says that it did not restart', () => {
    const series = [
      { metric, values: [10, null, 70] },
      { metric: startTime, values: [7, null, 7.5] },
      { metric: 'up', values: [1, 0, 1] },
    ];
    const { agrees, notes } = reconciled({ kind: 'pass', answers: 60, series });
    expect({ agrees, notes }).toEqual({ agrees: true, notes: [] });
  });

  test('is held to what replaced a part of it: both are counted', () => {
    const [one, other] = [{ instance: 'i:1' }, { instance: 'i:2' }];
    const series = [
      { metric, labels: one, values: [100, 130, null] },
      { metric: 'up', labels: one, values: [1, 1, 0] },
      { metric, labels: other, values: [null, 40, 60] },
      { metric: 'up', labels: other, values: [null, 1, 1] },
    ];
    const { agrees, rows } = reconciled({ kind: 'external', answers: 90, series });
    expect(rows[0]).toMatchObject({ client: 90, server: 90 });
    expect(agrees).toBe(true);
  });

  test('of which a metrics URL was read without a series yet: it is counted from zero', () => {
    const series = [{ metric, values: [null, null, 60] }];
    const more = { scrapes: [0, 1000, 2000], answeredBy: 1500 };
    const seen = { kind: 'external', answers: 61, series, more } as const;
    expect(reconciled(seen)).toMatchObject({ agrees: false, rows: [{ server: 60 }, {}, {}] });
  });
});

test('only counts that could not be had break a run of our own stack, and not that the balancer alone answered', () => {
  const { run } = fixture('pass');
  const [profile = '', name = ''] = scenario.split('/');
  const facts = { profile, scenario: name, agrees: null, rows: [] };
  const broken = (note: Reconciliation['notes'][number]) =>
    brokenReconciliation(run, [{ ...facts, rule: 'equal', notes: [note] }]);
  expect(broken({ code: 'unreadable', detail: 'gone' })).toHaveLength(1);
  expect(broken({ code: 'not-recorded' })).toHaveLength(1);
  expect(broken({ code: 'balancer-answers', requests: 9 })).toEqual([]);
});

test.each<[Stop | undefined, boolean, 'done' | 'crashed' | 'interrupted']>([
  ['decided', true, 'done'],
  ['budget', true, 'done'],
  ['client-failed', true, 'crashed'],
  ['client-limit', true, 'crashed'],
  ['interrupted', true, 'interrupted'],
  [undefined, true, 'interrupted'],
  ['client-failed', false, 'done'],
])('load that ended by %s, with counts that agree: %s', (stop, agrees, end) => {
  const [first] = fixture('pass').run.scenarios;
  if (first === undefined) throw new Error('the fixture has a scenario');
  const { stop: _, ...record } = first;
  const scenarios = [{ ...record, ...(stop !== undefined && { stop }) }];
  const [profile = '', name = ''] = first.name.split('/');
  const { observations, end: how } = countsAgree(profile, { scenarios }, [
    { profile, scenario: name, rule: 'server-at-least', agrees, notes: [], rows: [] },
  ]);
  expect(how?.end).toBe(end);
  expect(observations.map(({ ok }) => ok)).toEqual(end === 'done' ? [agrees] : []);
});

test.each(['', '{"scenario": "p', '[]', '{"dialect":"reference"}'])(
  'a series file that is damaged (%j) takes the counts of its scenario with it, and nothing else',
  (text) => {
    const folder = scratch();
    mkdirSync(join(folder, runFiles.series));
    writeFileSync(join(folder, runFiles.series, seriesName(scenario)), text);
    const { run } = fixture('external');
    const seen = reconcileScenarios(folder, run, new AnswerCounts());
    const [profile = '', name] = scenario.split('/');
    expect(seen.find((one) => one.scenario === name)).toMatchObject({
      agrees: null,
      notes: [{ code: 'unreadable', detail: expect.stringContaining(seriesName(scenario)) }],
    });
    expect(countsAgree(profile, run, seen).end?.end).toBe('crashed');
  },
);
