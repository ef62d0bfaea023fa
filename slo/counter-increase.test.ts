import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CounterSeries, increase, lifeOf, type Points } from './counter-increase.ts';

/** What a process goes through: it counts, is scraped, or restarts at zero; a second each. */
type Event = number | 'scrape' | 'restart';

interface History {
  /** All that was counted between the first scrape and the last. */
  counted: number;
  restarted: boolean;
  requests: Points;
  starts: Points;
}

function play(events: readonly Event[]): History {
  let [value, start, counted, restarted] = [0, 0, 0, false];
  const [requests, starts]: [[number, number][], [number, number][]] = [[], []];
  const after = { counted: 0, restarted: false };
  for (const [at, event] of events.entries()) {
    if (typeof event === 'number') {
      value += event;
      if (requests.length > 0) counted += event;
    } else if (event === 'restart') {
      [value, start] = [0, 10 * (at + 1)];
      restarted ||= requests.length > 0;
    } else {
      requests.push([at, value]);
      starts.push([at, start]);
      Object.assign(after, { counted, restarted });
    }
  }
  return { ...after, requests, starts };
}

const counting = fc.oneof(fc.nat(50), fc.constant('scrape' as const));
const living = fc.oneof(counting, fc.constant('restart' as const));
const histories = (event: fc.Arbitrary<Event>) =>
  fc.array(event, { minLength: 1 }).map((events) => play(['scrape', ...events]));

const series = (signal: CounterSeries['signal'], points: Points): CounterSeries => ({
  replica: 'a',
  process: 'a',
  signal,
  points,
});
const countOf = ({ requests, starts }: History, from = 0) => {
  const { restarts } = lifeOf([series('requests', requests), series('startTime', starts)]);
  return increase(requests, from, restarts);
};

describe('increase', () => {
  test('is what was counted, where nothing restarted', () => {
    fc.assert(
      fc.property(histories(counting), (history) => {
        expect(countOf(history)).toBe(history.counted);
      }),
    );
  });

  test('is at most what was counted, wherever it restarted', () => {
    fc.assert(
      fc.property(histories(living), (history) => {
        expect(countOf(history)).toBeLessThanOrEqual(history.counted);
      }),
    );
  });

  test('without start times is never more than with them', () => {
    fc.assert(
      fc.property(histories(living), (history) => {
        const { requests } = history;
        const { restarts } = lifeOf([series('requests', requests)]);
        expect(increase(requests, 0, restarts)).toBeLessThanOrEqual(countOf(history));
      }),
    );
  });

  test('is the sum of its parts, wherever it is cut', () => {
    fc.assert(
      fc.property(histories(living), fc.nat(), ({ requests, starts }, at) => {
        const { restarts } = lifeOf([series('requests', requests), series('startTime', starts)]);
        const cut = at % requests.length;
        const [until, from] = [requests.slice(0, cut + 1), requests.slice(cut)];
        const later = increase(from, from[0]?.[0] ?? 0, restarts);
        expect(increase(until, 0, restarts) + later).toBe(increase(requests, 0, restarts));
      }),
    );
  });

  test('does not depend on how often a counter that does not restart was scraped', () => {
    fc.assert(
      fc.property(histories(counting), fc.func(fc.boolean()), ({ requests }, isKept) => {
        const kept = requests.filter(
          (point, at) => at === 0 || at === requests.length - 1 || isKept(point),
        );
        expect(increase(kept, 0)).toBe(increase(requests, 0));
      }),
    );
  });

  test('reads a drop as a restart from zero', () => {
    const points: Points = [5, 9, 3, 4].map((value, at) => [at, value]);
    expect(increase(points, 0)).toBe(4 + 3 + 1);
  });

  test('counts a series that appears later from zero', () => {
    const seenFrom = (at: number): Points => [
      [at, 3],
      [6, 4],
    ];
    expect(increase(seenFrom(5), 0)).toBe(4);
    expect(increase(seenFrom(0), 0)).toBe(1);
  });
});

describe('the life of a process', () => {
  test('has a restart for each scrape that shows a new start time, and is one process', () => {
    fc.assert(
      fc.property(histories(living), ({ requests, starts }) => {
        const life = lifeOf([series('requests', requests), series('startTime', starts)]);
        const shown = starts.filter(([, start], at) => at > 0 && starts[at - 1]?.[1] !== start);
        expect(life).toMatchObject({ restarts: shown.map(([at]) => at), several: null, gaps: 0 });
      }),
    );
  });

  test('is one where its start time only trembles, as a boot time does that is rounded', () => {
    const starts = [70, 71, 70, 71.5, 70].map((start, at) => [at, start] as const);
    const requests = starts.map(([at]) => [at, at] as const);
    const life = lifeOf([series('requests', requests), series('startTime', starts)]);
    expect(life).toMatchObject({ restarts: [], several: null });
  });

  test('is that of several when two answer in turn, unless their counts and times are the same', () => {
    const [one, other]: [Points, Points] = [
      [0, 2, 4].map((at) => [at, 100 + at]),
      [1, 3, 5].map((at) => [at, 40 + at]),
    ];
    const inTurn = [...one, ...other].sort(([a], [b]) => a - b);
    expect(lifeOf([series('requests', inTurn)])).toMatchObject({ several: 'counts' });
    const starts = inTurn.map(([at]) => [at, at % 2 === 0 ? 50 : 70] as const);
    expect(lifeOf([series('requests', inTurn), series('startTime', starts)])).toMatchObject({
      several: 'start-times',
    });
  });

  test.each<[string, number | undefined, number[], boolean]>([
    ['scraped after the last answer', 1500, [1, 1, 1], false],
    ['scraped before it alone', 2500, [1, 1, 1], true],
    ['of an older recording, up', undefined, [1, 1, 1], false],
    ['of an older recording, down', undefined, [1, 1, 0], true],
  ])('has ended or not: %s', (_, answeredBy, ups, ended) => {
    const at = (value: number, index: number) => [index * 1000, value] as const;
    const seen = [series('requests', [1, 2, 3].map(at)), series('up', ups.map(at))];
    expect(lifeOf(seen, answeredBy).ended).toBe(ended);
  });
});
