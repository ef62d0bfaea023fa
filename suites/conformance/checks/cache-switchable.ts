import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is, success } from '../../runner/matchers.ts';
import { isHit } from '../inside/cache.ts';
import { newRow, score } from '../inside/server.ts';
import { noCache } from '../inside/stacks.ts';
import { fieldOf } from '../shared/json.ts';

export const cacheSwitchable = check({
  id: 'cache-switchable',
  about: 'set up without Redis, the service computes each answer anew',
  needs: ['score', 'stack'],
  topology: noCache,
  params: z.object({}),
  async run({ http, expect }) {
    const data = [newRow(), newRow()];
    const first = await score(http, data);
    expect.status('an answer without a cache', first, success);
    const again = await score(http, data);
    expect.status('the same request again', again, success);
    expect.value('a repeated answer from a cache', isHit(again), is(false), again);
    const predictions = fieldOf(first.json, 'predictions');
    const same = fieldOf(again.json, 'predictions');
    expect.value('predictions of the repeated answer', same, is(predictions), again);
    const id = (answer: typeof first) => fieldOf(answer.json, 'metadata', 'request_id');
    expect.value('whether both have one request id', id(first) === id(again), is(false), again);
  },
});
