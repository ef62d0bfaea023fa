import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createScenarioJudge } from '../../slo/judge/scenario.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { ProgressEvent } from '../runner/session.ts';
import { ScenarioReporter } from './progress.ts';

const record: ScenarioRecord = {
  name: 'p/s',
  scenario: {
    api: 'score',
    model: 'm',
    payloads: { kind: 'unique' },
    arrivals: { shape: 'constant', perSecond: 10 },
  },
  warmupMs: 1_000,
  plannedMs: 3_000,
  minTimeMs: 3_000,
  timeoutMs: 2_000,
  startedAt: 0,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const phases = (events: readonly ProgressEvent[]) =>
  events.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1]);

test('each step of a scenario is told of, at no time for longer than a quarter of a second not', () => {
  const events: (ProgressEvent & { at: number })[] = [];
  const judge = createScenarioJudge({ record, objectives: [], alphaFail: 0.01 });
  {
    using reporter = new ScenarioReporter(record, judge, (event) =>
      events.push({ ...event, at: performance.now() }),
    );
    vi.advanceTimersByTime(700);
    reporter.begin('flowing');
    vi.advanceTimersByTime(5_000);
    reporter.begin('last-answers');
    reporter.begin('flowing');
    vi.advanceTimersByTime(600);
    reporter.ended('budget');
    reporter.begin({ countersWithinMs: 10_000 });
    vi.advanceTimersByTime(900);
  }
  expect(phases(events)).toEqual([
    'starting',
    'warmup',
    'judged',
    'last-answers',
    'ended',
    'counters',
    'done',
  ]);
  const gaps = events.map(({ at }, index) => at - (events[index - 1]?.at ?? at));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(250);
  expect(events.find(({ phase }) => phase === 'ended')).toMatchObject({ elapsedMs: 5_600 });
  const after = events.length;
  vi.advanceTimersByTime(2_000);
  expect(events).toHaveLength(after);
});
