import { expect, test } from 'vitest';
import { type Ending, Endings } from '../../slo/endings.ts';
import type { Sample } from '../../slo/sample.ts';
import { failureSentence } from './failures.ts';
import { spaced } from './format.ts';

function sentenceOf(judged: number, causes: Ending[]): string {
  const failed = causes.reduce((sum, { requests }) => sum + requests, 0);
  return spaced(failureSentence({ profile: 'p', scenario: 's', judged, failed, causes }));
}

test('the three most frequent causes are named, the others counted', () => {
  expect(
    sentenceOf(20_000, [
      { outcome: 'http', status: 307, requests: 1_204 },
      { outcome: 'http', status: 204, requests: 100 },
      { outcome: 'malformed', status: 200, requests: 60 },
      { outcome: 'http', status: 429, requests: 30 },
      { outcome: 'timeout', status: 0, requests: 6 },
    ]),
  ).toBe(
    '1,400 of 20,000 judged requests failed (7 %): HTTP 307 ×1,204 (86 %), HTTP 204 ×100 (7.14 %), malformed answer ×60 (4.29 %), 36 otherwise.',
  );
});

test('a lone cause needs no share; what the client said is told where there was no answer', () => {
  expect(
    sentenceOf(50, [
      { outcome: 'refused', status: 0, error: 'dial: connection refused', requests: 50 },
    ]),
  ).toBe('50 of 50 judged requests failed (100 %): no connection (dial: connection refused) ×50.');
});

test('what has the same name is one cause', () => {
  expect(
    sentenceOf(100, [
      { outcome: 'reset', status: 0, error: 'EOF', requests: 3 },
      { outcome: 'timeout', status: 0, error: 'request timeout', requests: 2 },
      { outcome: 'timeout', status: 0, error: 'dial: i/o timeout', requests: 2 },
    ]),
  ).toBe(
    '7 of 100 judged requests failed (7 %): timeout ×4 (57.1 %), broken connection (EOF) ×3 (42.9 %).',
  );
});

const sample = (over: Partial<Sample>): Sample => ({
  index: 0,
  scenario: 'p/s',
  phase: 'judged',
  intendedStart: 0,
  start: 0,
  end: 1,
  outcome: 'ok',
  status: 200,
  bytes: 0,
  requestId: '',
  route: 'main',
  ...over,
});

test('good answers, those of the warm-up and our own limits are no failures', () => {
  const endings = new Endings();
  for (const over of [
    {},
    { phase: 'warmup', outcome: 'http', status: 500 },
    { outcome: 'local', status: 0, limit: 'ports' },
    { outcome: 'cut', status: 0 },
    { outcome: 'http', status: 500 },
  ] satisfies Partial<Sample>[])
    endings.add(sample(over));
  expect(endings.failures('p/s')).toEqual({
    profile: 'p',
    scenario: 's',
    judged: 4,
    failed: 1,
    causes: [{ outcome: 'http', status: 500, requests: 1 }],
  });
});

test('a service that finds a new way to fail each time does not fill memory', () => {
  const endings = new Endings();
  for (let at = 0; at < 5_000; at += 1) {
    endings.add(sample({ outcome: 'http', status: 100 + at }));
    endings.add(sample({ outcome: 'reset', status: 0, error: `broken pipe ${at}` }));
    endings.add(
      sample({ outcome: 'refused', status: 0, error: `dial tcp 10.0.0.1:${at}: refused` }),
    );
  }
  const { failed, causes } = endings.failures('p/s');
  expect(failed).toBe(15_000);
  expect(causes.length).toBeLessThan(1_100);
  expect(causes).toContainEqual({
    outcome: 'refused',
    status: 0,
    error: 'dial tcp: refused',
    requests: 5_000,
  });
});
