import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ScenarioProgress } from '../../slo/judge/scenario.ts';
import type { ProgressEvent } from '../../suites/runner/session.ts';
import { Progress } from './progress.ts';
import { headOf } from './progress-words.ts';

const objective = {
  id: 'T-1/failures',
  decision: undefined,
  outlook: { towards: 'pass', share: 0.5, worsens: false },
  seen: { n: 100, bad: 1 },
} as const;
const progress: ScenarioProgress = {
  nextLookMs: 60_000,
  requestsLeft: 0,
  objectives: [{ ...objective, decision: 'pass', id: 'T-0/failures' }, objective],
};
const judged = (elapsedMs: number, over: Partial<ScenarioProgress> = {}): ProgressEvent => ({
  scenario: 'p/s',
  phase: 'judged',
  elapsedMs,
  plannedMs: 600_000,
  progress: { ...progress, ...over },
});

describe('what is waited for', () => {
  const decided = { ...objective, decision: 'pass' } as const;
  test.each([
    [{ scenario: 'p/s', phase: 'starting', elapsedMs: 1_200 }, 'starting the load generator, 1 s'],
    [judged(42_900), 'judged load, 42 s of at most 600 s; next look at 60 s'],
    [
      judged(61_000),
      'judged load, 61 s of at most 600 s; looked at once all answers to the first 60 s are in',
    ],
    [judged(490_000, { nextLookMs: 600_000 }), 'judged load, 490 s of 600 s; decided at its end'],
    [
      judged(61_000, { nextLookMs: 90_000, requestsLeft: 3_400, objectives: [decided] }),
      'judged load, 61 s of at most 600 s; all is decided, 3400 documented requests are left',
    ],
    [
      { scenario: 'p/s', phase: 'last-answers', elapsedMs: 1_000, plannedMs: 2_000, progress },
      'the load is over, waiting for its last answers, 1 s (one may take 2 s)',
    ],
    [
      { scenario: 'p/s', phase: 'ended', elapsedMs: 65_000, stop: 'decided' },
      'ended after 65 s: there was enough data',
    ],
    [
      { scenario: 'p/s', phase: 'counters', elapsedMs: 3_000, plannedMs: 65_000 },
      'waiting for the service’s own counters, 3 s of at most 65 s',
    ],
  ] satisfies [ProgressEvent, string][])('%j', (event, words) => {
    expect(headOf(event)).toBe(`p/s: ${words}`);
  });
});

describe('where there is no terminal', () => {
  let said: string[] = [];
  beforeEach(() => {
    said = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    return () => spy.mockRestore();
  });

  test('a line comes when load begins and every ten seconds, of what is undecided', () => {
    using lines = new Progress(false, (text) => text);
    for (let ms = 0; ms <= 12_000; ms += 250) lines.scenario(judged(ms));
    expect(said).toEqual([
      'p/s: judged load, 0 s of at most 600 s; next look at 60 s; 1 of 2 decided; T-1/failures: 1 of 100 bad, 50 % of what a pass takes\n',
      'p/s: judged load, 10 s of at most 600 s; next look at 60 s; 1 of 2 decided; T-1/failures: 1 of 100 bad, 50 % of what a pass takes\n',
    ]);
  });

  test('what lasts a moment has no line; what lasts longer says so, again and again', () => {
    using lines = new Progress(false, (text) => text);
    const counters = (elapsedMs: number): ProgressEvent => {
      return { scenario: 'p/s', phase: 'counters', elapsedMs, plannedMs: 65_000 };
    };
    for (let ms = 0; ms < 2_000; ms += 250) lines.scenario(counters(ms));
    expect(said).toEqual([]);
    for (let ms = 2_000; ms < 23_000; ms += 250) lines.scenario(counters(ms));
    expect(said.map((line) => line.match(/\d+ s of/)?.[0])).toEqual([
      '2 s of',
      '12 s of',
      '22 s of',
    ]);
  });
});
