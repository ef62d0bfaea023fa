import { describe, expect, test } from 'vitest';
import type { CounterSeries } from './counter-increase.ts';
import { AnswerCounts, type ClientCounts, reconcile } from './reconcile.ts';
import type { Sample } from './sample.ts';

const client = (requests: number, errors = 0, cacheHits = 0): ClientCounts => ({
  requests,
  errors,
  cacheHits,
});
const series = (
  replica: string,
  signal: CounterSeries['signal'],
  ...values: number[]
): CounterSeries => ({
  replica,
  process: replica,
  signal,
  points: values.map((value, at) => [at * 1000, value] as const),
});
const compare = (input: Partial<Parameters<typeof reconcile>[0]>) =>
  reconcile({
    profile: 'p',
    scenario: 's',
    rule: 'equal',
    client: new Map(),
    series: [],
    open: 0,
    failure: null,
    ...input,
  });

describe('on our own stack', () => {
  test('agrees when each replica counted what the client saw', () => {
    const seen = compare({
      client: new Map([
        ['a', client(10, 2)],
        ['b', client(7)],
      ]),
      series: [
        series('a', 'requests', 3, 8, 13),
        series('a', 'errors', 0, 2),
        series('b', 'requests', 0, 7),
      ],
    });
    expect(seen.agrees).toBe(true);
    expect(seen.rows).toHaveLength(6);
  });

  test.for([
    ['counted too few', 9],
    ['counted too many', 11],
  ] as const)('disagrees when a replica %s', ([, last]) => {
    expect(
      compare({ client: new Map([['a', client(10)]]), series: [series('a', 'requests', 0, last)] })
        .agrees,
    ).toBe(false);
  });

  test('a replica without the counter has counted nothing', () => {
    expect(compare({ client: new Map([['a', client(10)]]) }).agrees).toBe(false);
  });

  test('requests without an answer may have been counted or not', () => {
    const counted = (last: number) =>
      compare({
        client: new Map([['a', client(10)]]),
        series: [series('a', 'requests', 0, last)],
        open: 2,
      }).agrees;
    expect([9, 10, 12, 13].map(counted)).toEqual([false, true, true, false]);
  });

  test('what the balancer answered itself is in no count', () => {
    const seen = compare({
      client: new Map([
        ['', client(4, 4)],
        ['a', client(10)],
      ]),
      series: [series('a', 'requests', 0, 10)],
    });
    expect(seen.agrees).toBe(true);
    expect(seen.notes).toEqual([{ code: 'balancer-answers', requests: 4 }]);
  });

  test('a restarted replica cannot be held to its count, and says so once; the others are', () => {
    const restarted = [series('a', 'requests', 0, 6, 2), series('a', 'startTime', 5, 5, 9)];
    const of = (last: number, ...names: string[]) =>
      compare({
        client: new Map(names.map((name) => [name, client(10)])),
        series: [...restarted, series('b', 'requests', 0, last, last)],
      });
    expect(of(10, 'a').agrees).toBeNull();
    expect(of(10, 'a', 'b').agrees).toBe(true);
    expect(of(9, 'a', 'b').agrees).toBe(false);
    expect(of(10, 'a', 'b').notes).toEqual([{ code: 'restarted', replica: 'a', times: 1 }]);
  });

  test('counts of several processes in turn are no counts', () => {
    const seen = compare({
      client: new Map([['a', client(10)]]),
      series: [series('a', 'requests', 0, 90, 2), series('a', 'startTime', 5, 9, 5)],
    });
    expect(seen).toMatchObject({ agrees: null, rows: [{ server: null }, {}, {}] });
  });
});

describe('on a service that others may load too', () => {
  test('only less than the client saw is held against it', () => {
    const total = (last: number) =>
      compare({
        rule: 'server-at-least',
        client: new Map([
          ['x', client(6)],
          ['', client(4)],
        ]),
        series: [series('1', 'requests', 0, 5), series('2', 'requests', 0, last)],
      }).agrees;
    expect([4, 5, 99].map(total)).toEqual([false, true, true]);
  });

  test('nothing to compare is not agreement', () => {
    expect(
      compare({ rule: 'server-at-least', client: new Map([['x', client(6)]]) }).agrees,
    ).toBeNull();
    expect(compare({ failure: { code: 'unreadable', detail: 'x' } }).agrees).toBeNull();
  });
});

test('answers are counted by replica, and requests without one as open', () => {
  const counts = new AnswerCounts();
  const sample: Sample = {
    index: 0,
    scenario: 'p/s',
    phase: 'judged',
    intendedStart: 0,
    start: 0,
    end: 1,
    outcome: 'ok',
    status: 200,
    bytes: 2,
    requestId: 'r',
    route: 'main',
    replica: 'a',
  };
  const { replica: _, ...unnamed } = sample;
  counts.add(sample);
  counts.add({ ...sample, status: 500, outcome: 'http' });
  counts.add({ ...sample, cacheHit: true });
  counts.add({ ...unnamed, status: 503, outcome: 'http' });
  counts.add({ ...unnamed, status: 0, outcome: 'timeout' });
  counts.add({ ...unnamed, status: 0, outcome: 'refused' });
  const { client: seen, open } = counts.of('p/s');
  expect(open).toBe(1);
  expect(seen.get('a')).toEqual(client(3, 1, 1));
  expect(seen.get('')).toEqual(client(1, 1, 0));
});

test('without an answer there is nothing to compare', () => {
  for (const rule of ['equal', 'server-at-least'] as const)
    expect(compare({ rule, series: [series('a', 'requests', 0, 10)] })).toMatchObject({
      agrees: null,
      notes: [{ code: 'no-answers' }],
    });
});

test.for([
  ['of requests that others sent', 15, 7, true],
  ['of no request that anybody sent', 10, 7, false],
] as const)('errors that the client did not see, %s', ([, requests, errors, agrees]) => {
  const seen = compare({
    rule: 'server-at-least',
    client: new Map([['a', client(10, 2)]]),
    series: [series('a', 'requests', 0, requests), series('a', 'errors', 0, errors)],
  });
  expect(seen.agrees).toBe(agrees);
});
