import { z } from 'zod';
import { check } from '../../runner/check.ts';
import type { Answer } from '../../runner/http.ts';
import { between, is, success } from '../../runner/matchers.ts';
import { cacheOf } from '../inside/cache.ts';
import { newRow, score } from '../inside/server.ts';
import { smallCache } from '../inside/stacks.ts';
import { fieldOf } from '../shared/json.ts';

const known = 10;
const unknown = 11;

export const worksWithoutCache = check({
  id: 'works-without-cache',
  about: 'with Redis killed, the service answers right and in time',
  needs: ['score', 'stack'],
  topology: smallCache,
  harms: true,
  params: z.object({ withinMs: z.number().positive() }),
  async run({ http, expect, stack }, { withinMs }) {
    const before: { row: number[]; predictions: unknown }[] = [];
    while (before.length < known) {
      const row = newRow();
      const { json } = await score(http, [row]);
      before.push({ row, predictions: fieldOf(json, 'predictions') });
    }
    await cacheOf(stack).kill();
    const answers: Answer[] = [];
    for (const { row, predictions } of before) {
      const answer = await score(http, [row]);
      answers.push(answer);
      expect.status('an answer to a row that was cached', answer, success);
      const now = fieldOf(answer.json, 'predictions');
      expect.value('predictions for a row that was cached', now, is(predictions), answer);
    }
    while (answers.length < known + unknown) {
      const answer = await score(http, [newRow()]);
      answers.push(answer);
      expect.status('an answer to a new row', answer, success);
    }
    // The median: that one answer of a busy machine is late says nothing of the cache.
    const [median] = answers
      .map(({ ms }) => ms)
      .sort((a, b) => a - b)
      .slice(answers.length / 2);
    expect.value('milliseconds in the middle', median, between(0, withinMs));
  },
});
