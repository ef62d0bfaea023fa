import { z } from 'zod';
import { until } from '../../../fixtures/runtime/ready.ts';
import { SuiteError } from '../../../slo/errors.ts';
import { check } from '../../runner/check.ts';
import { atLeast, is, ofShape } from '../../runner/matchers.ts';
import { cacheOf, fromCache, isHit, keyOf, type OpenCache, openCache } from '../inside/cache.ts';
import { drawsAtMost } from '../inside/hypergeometric.ts';
import { newRow, score } from '../inside/server.ts';
import { smallCache } from '../inside/stacks.ts';

/** Answers that are put in first, through the service, and read again before memory runs out. */
const hotKeys = 30;
/** Of the memory, so much is taken before anything has to go. */
const filledShare = 0.7;
/** Of what was there then, so much is made to go. */
const evictedShare = 0.6;
const valueBytes = 1_024;
/** Written at once: what Redis has read of a pipeline but not done yet is memory too. */
const atOnce = 32;
const mostKeys = 20_000;
/** So often the others are read before: a policy that keeps what was read often keeps them. */
const reads = 20;
/** Redis tells times of reading apart by whole seconds, of a clock that is up to a tenth of a second late. */
const tickMs = 1_250;
/** As like the answers of the service as can be: the same lifetime. */
const ttlSeconds = 3_600;

/** As improbable is such a result where what goes is drawn blindly. */
const chance = 1e-6;
const keptOnPurpose = ofShape(
  z.object({ chance: z.number().max(chance) }),
  `so few of those read lately gone that, drawn blindly, it had a chance of at most ${chance}`,
);

export const cacheEvictsLru = check({
  id: 'cache-evicts-lru',
  about: 'a full Redis drops what was not read for longest, and refuses nothing',
  needs: ['score', 'stack'],
  topology: smallCache,
  params: z.object({}),
  async run({ http, expect, stack, signal }) {
    await using cache = await openCache(cacheOf(stack));
    const before = await cache.info('evicted_keys');
    const filler = new Filler(cache);
    const hot = Array.from({ length: hotKeys }, () => [newRow()]);
    for (const data of hot) await score(http, data);
    const cold = await filler.fillTo(filledShare);
    for (let time = 0; time < reads; time += 1) await cache.client.touch(cold);
    await oneTick(cache, signal);
    const again = [];
    for (const data of hot) again.push(await fromCache(() => score(http, data), { signal }));
    const hits = again.filter(isHit).length;
    expect.value('answers from the cache before it is full', hits, is(hotKeys));

    const keys = hot.map((data) => keyOf(JSON.stringify({ data })));
    const old = keys.length + cold.length;
    await filler.evict(evictedShare * old);
    expect.value('why a full Redis refused to store', [...filler.refusals], is([]));
    const evicted = (await cache.info('evicted_keys')) - before;
    expect.value('keys that a full Redis dropped', evicted, atLeast(1));
    const lost = hotKeys - (await cache.client.exists(keys));
    const gone = old - (await cache.client.exists([...keys, ...cold]));
    const blindly = drawsAtMost(lost, { total: old, marked: hotKeys, drawn: gone });
    const seen = { 'read lately': hotKeys, 'of them gone': lost, all: old, gone, chance: blindly };
    expect.value('what went of a full Redis', seen, keptOnPurpose);

    const data = [newRow()];
    const stored = await fromCache(() => score(http, data), { signal });
    expect.value('a new answer in a full Redis', isHit(stored), is(true), stored);
  },
});

/** Fills a Redis with keys of its own. */
class Filler {
  readonly #cache: OpenCache;
  readonly #value = 'x'.repeat(valueBytes);
  #written = 0;
  /** What Redis said when it did not store, each once. */
  readonly refusals = new Set<string>();

  constructor(cache: OpenCache) {
    this.#cache = cache;
  }

  /** Until a share of its memory is taken; the keys. Throws where something had to go for them. */
  async fillTo(share: number): Promise<string[]> {
    const limit = await this.#cache.info('maxmemory');
    const before = await this.#cache.info('evicted_keys');
    const keys: string[] = [];
    while ((await this.#cache.info('used_memory')) < share * limit && keys.length < mostKeys)
      keys.push(...(await this.#write()));
    if (keys.length >= hotKeys && (await this.#cache.info('evicted_keys')) === before) return keys;
    throw new SuiteError(
      'INTERNAL',
      `A Redis of ${limit} bytes cannot be filled with ${share} of that before something has to go.`,
    );
  }

  /** Until so many keys had to go, or Redis refuses. */
  async evict(count: number): Promise<void> {
    const until = (await this.#cache.info('evicted_keys')) + count;
    while (
      (await this.#cache.info('evicted_keys')) < until &&
      this.refusals.size === 0 &&
      this.#written < mostKeys
    )
      await this.#write();
  }

  async #write(): Promise<string[]> {
    const keys = Array.from({ length: atOnce }, () => `filler-${this.#written++}`);
    const stored = keys.map((key) => this.#cache.client.setEx(key, ttlSeconds, this.#value));
    for (const result of await Promise.allSettled(stored))
      if (result.status === 'rejected') this.refusals.add(String(result.reason));
    return keys;
  }
}

/** Waits until what is read from now on is read later by Redis' clock. */
async function oneTick({ client }: OpenCache, signal: AbortSignal): Promise<void> {
  const millis = async () => {
    const [seconds, micros] = await client.sendCommand(['TIME']).then(timeOf);
    return seconds * 1000 + micros / 1000;
  };
  const from = await millis();
  await until(async () => ((await millis()) - from >= tickMs ? true : undefined), {
    withinMs: 10 * tickMs,
    signal,
  });
}

function timeOf(reply: unknown): [seconds: number, micros: number] {
  const [seconds, micros] = z.tuple([z.coerce.number(), z.coerce.number()]).parse(reply);
  return [seconds, micros];
}
