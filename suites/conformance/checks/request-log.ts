import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { between, is } from '../../runner/matchers.ts';
import { goodAnswers, refusedAnswers, untilLoaded } from '../inside/server.ts';
import { contains, failuresIn, LogSince, linesOf, requestsIn } from '../inside/service-log.ts';
import { oneServer } from '../inside/stacks.ts';
import { numberAt } from '../shared/json.ts';

const good = 40;
const refused = 8;
/** So much later than its client sees an answer, a server on a busy machine may take it for sent. */
const lateMs = 250;

export const requestLog = check({
  id: 'request-log',
  about: 'from the log, request count, error count and percentiles can be computed as documented',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({ pattern: z.string() }),
  async run(context, { pattern }) {
    const { http, expect } = context;
    await untilLoaded(context);
    const log = await LogSince.now(context);
    const answers = await goodAnswers(http, good);
    await refusedAnswers(http, refused);
    const lines = await linesOf(log, good + refused, refused);
    expect.value('requests counted', requestsIn(lines).length, is(good + refused));
    expect.value('errors counted', failuresIn(lines).length, is(refused));

    const logged = durationsOf(lines, pattern);
    expect.value('durations logged', logged.length, is(good));
    const inferences = answers.map(({ json }) => numberAt(json, 'metadata', 'inference_time_ms'));
    const seen = answers.map(({ ms }) => ms);
    for (const quantile of [0.5, 0.95, 0.99]) {
      const value = quantileOf(logged, quantile);
      // Of each request: inference ≤ server ≤ client, so of each quantile too, but for rounding to 2 decimals.
      const least = rounded(quantileOf(inferences, quantile)) - 0.01;
      const most = rounded(quantileOf(seen, quantile) + lateMs);
      expect.value(`p${100 * quantile} of the logged durations`, value, between(least, most));
    }
  },
});

/** As the documented query reads them. */
function durationsOf(lines: readonly string[], pattern: string): number[] {
  const duration = new RegExp(pattern);
  return lines.flatMap((line) => {
    if (!contains(line, 'completed in')) return [];
    const [, ms] = duration.exec(line) ?? [];
    return ms === undefined ? [] : Number(ms);
  });
}

/** The smallest value that is not exceeded by this share; NaN of nothing. */
function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(quantile * sorted.length) - 1] ?? Number.NaN;
}

const rounded = (value: number): number => Number(value.toFixed(2));
