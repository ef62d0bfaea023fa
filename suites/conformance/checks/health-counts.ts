import { z } from 'zod';
import { until } from '../../../fixtures/runtime/ready.ts';
import { check } from '../../runner/check.ts';
import type { Answer } from '../../runner/http.ts';
import { is, success } from '../../runner/matchers.ts';
import { goodAnswers, refusedAnswers, untilLoaded } from '../inside/server.ts';
import { oneServer } from '../inside/stacks.ts';
import { fieldOf, numberAt } from '../shared/json.ts';

const refused = 3;
const atLeastGood = 5;
const mostGood = 50;
/** A request is counted when its answer is out, which the next request may just precede. */
const countedWithinMs = 2_000;

export const healthCounts = check({
  id: 'health-counts',
  about: '/health is healthy with the model loaded, and counts requests and errors exactly',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({}),
  async run(context) {
    const { http, expect, signal } = context;
    await untilLoaded(context);
    const before = await http({ path: '/health' });
    expect.status('/health with the model loaded', before, success);
    expect.value('status', fieldOf(before.json, 'status'), is('healthy'), before);
    expect.value('model_loaded', fieldOf(before.json, 'model_loaded'), is(true), before);

    const were = countsOf(before);
    const good = goodFor(were);
    await goodAnswers(http, good);
    await refusedAnswers(http, refused);
    const sum = were.total + good + refused;
    const after = await until(
      async () => {
        const answer = await http({ path: '/health' });
        return countsOf(answer).total >= sum ? answer : undefined;
      },
      { withinMs: countedWithinMs, signal },
    );
    const last = after ?? (await http({ path: '/health' }));
    const are = countsOf(last);
    expect.value('requests counted', are.total - were.total, is(good + refused), last);
    expect.value('errors counted', are.errors - were.errors, is(refused), last);
    const rate = fieldOf(last.json, 'error_rate_percent');
    expect.value('error_rate_percent', rate, is(percent(are.errors, are.total)), last);
  },
});

const countsOf = ({ json }: Answer) => ({
  total: numberAt(json, 'total_requests'),
  errors: numberAt(json, 'error_count'),
});

const percent = (errors: number, total: number): number =>
  Number(((100 * errors) / total).toFixed(2));

/** As many good requests that the share of errors needs its second decimal, and is rounded. */
function goodFor({ total, errors }: ReturnType<typeof countsOf>): number {
  const e = errors + refused;
  const isTelling = (t: number) =>
    (10_000 * e) % t !== 0 && Math.round(100 * percent(e, t)) % 10 !== 0;
  let good = atLeastGood;
  while (good < mostGood && !isTelling(total + refused + good)) good += 1;
  return good;
}
