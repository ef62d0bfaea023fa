import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { check } from '../../runner/check.ts';
import type { Answer } from '../../runner/http.ts';
import { atLeast, is, ofShape, success } from '../../runner/matchers.ts';
import { scoringText } from '../score/bodies.ts';
import { isText } from '../score/shapes.ts';
import { fieldOf } from '../shared/json.ts';

/** Replicas may take turns, and each counts for itself: so many answers are likely to show them all, and to come back to each. */
const firstAsked = 5;
const mostAsked = 30;
const pauseMs = 50;

const count = z.int().nonnegative();
const isCount = ofShape(count, 'a whole number from 0');
const fields = {
  status: is('healthy'),
  model_loaded: is(true),
  model_name: isText,
  model_version: isText,
  uptime_seconds: atLeast(0),
  total_requests: isCount,
  error_count: isCount,
};

const rate = z
  .object({ total_requests: count, error_count: count, error_rate_percent: z.number() })
  .refine(({ total_requests: total, error_count: errors, error_rate_percent: percent }) => {
    const exact = total === 0 ? 0 : (100 * errors) / total;
    return Math.abs(percent - exact) < 0.00501 && Number(percent.toFixed(2)) === percent;
  });
const hasRate = ofShape(
  rate,
  'error_rate_percent = 100 · error_count / total_requests, 2 decimals',
);

export const healthAnswer = check({
  id: 'health-answer',
  about: 'GET /health tells of the model, how long the server is up, its requests and its errors',
  needs: ['score'],
  params: z.object({}),
  async run({ http, expect, signal }) {
    // So that there are errors to count.
    for (let sent = 0; sent < firstAsked; sent++) await http(scoringText('{'));
    const ask = () => http({ path: '/health' });
    const first = await ask();
    if (!expect.status('/health', first, success)) return;
    for (const [field, expected] of Object.entries(fields))
      expect.value(field, fieldOf(first.json, field), expected, first);
    const before = [first];
    while (before.length < firstAsked) before.push(await ask());
    for (const answer of before) expect.value('error_rate_percent', answer.json, hasRate, answer);

    const [up, total] = [highest(before, 'uptime_seconds'), highest(before, 'total_requests')];
    const after: Answer[] = [];
    const isReached = () =>
      highest(after, 'uptime_seconds') > up && highest(after, 'total_requests') >= total;
    while (!isReached() && after.length < mostAsked) {
      await pause(pauseMs, undefined, { signal });
      after.push(await ask());
    }
    const rising = ofShape(z.number().gt(up), `later more than ${up}`);
    expect.value('uptime_seconds rises', highest(after, 'uptime_seconds'), rising, after.at(-1));
    const kept = atLeast(total);
    expect.value(
      'total_requests does not fall',
      highest(after, 'total_requests'),
      kept,
      after.at(-1),
    );
  },
});

function highest(answers: readonly Answer[], field: string): number {
  const values = answers.map(({ json }) => fieldOf(json, field));
  return Math.max(...values.filter((value) => typeof value === 'number'));
}
