import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { between, is, success } from '../../runner/matchers.ts';
import { cacheOf, fromCache, isHit, keyOf, openCache } from '../inside/cache.ts';
import { newRow, untilLoaded } from '../inside/server.ts';
import { oneServer } from '../inside/stacks.ts';
import { fieldOf } from '../shared/json.ts';

/** No request waits for its answer to be stored. */
const storedWithinMs = 2_000;
/** Of a lifetime, no more is over when it is read. */
const overSeconds = 10;

export const cacheKey = check({
  id: 'cache-key',
  about:
    'an answer lies in Redis under the MD5 of its body, for as long as documented, and is used',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({ ttlSeconds: z.int().positive() }),
  async run(context, { ttlSeconds }) {
    const { http, expect, stack, signal } = context;
    await untilLoaded(context);
    await using cache = await openCache(cacheOf(stack));
    const body = JSON.stringify({ data: [newRow(), newRow()] });
    const key = keyOf(body);
    const ask = () =>
      http({ path: '/score', body, headers: { 'content-type': 'application/json' } });

    const first = await ask();
    expect.status('the first answer', first, success);
    const predictions = fieldOf(first.json, 'predictions');
    const second = await fromCache(ask, { signal, withinMs: storedWithinMs });
    expect.value('the second answer from the cache', isHit(second), is(true), second);
    const same = fieldOf(second.json, 'predictions');
    expect.value('predictions of the second answer', same, is(predictions), second);

    const stored = await cache.client.get(key);
    expect.value('predictions in Redis under the MD5', inside(stored), is(predictions), first);
    const lifetime = await cache.client.ttl(key);
    const allowed = between(ttlSeconds - overSeconds, ttlSeconds);
    expect.value('seconds until it is forgotten', lifetime, allowed);

    // What lies in Redis is what is answered: another text in its place comes out.
    const mark = 'put-there-by-a-check';
    const marked = JSON.stringify({ predictions, metadata: { request_id: mark } });
    await cache.client.setEx(key, ttlSeconds, marked);
    const third = await fromCache(ask, { signal });
    const id = fieldOf(third.json, 'metadata', 'request_id');
    expect.value('an answer whose entry in Redis was replaced', id, is(mark), third);
  },
});

function inside(stored: string | null): unknown {
  try {
    return stored === null ? undefined : fieldOf(JSON.parse(stored), 'predictions');
  } catch {
    return stored;
  }
}
