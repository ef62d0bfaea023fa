import { hash } from 'node:crypto';
import type { LentCache, LentStack } from '../../../fixtures/lent-stack.ts';
import { until } from '../../../fixtures/runtime/ready.ts';
import { splitAddress } from '../../../fixtures/spec/address.ts';
import { cacheHitOf } from '../../../traffic/cache-hit.ts';
import type { Answer } from '../../runner/http.ts';

export function cacheOf({ cache }: LentStack): LentCache {
  if (cache === undefined) throw new Error('the stack has no cache');
  return cache;
}

/** Whether the answer says that it came from a cache. */
export const isHit = ({ headers }: Answer): boolean =>
  cacheHitOf((name) => headers[name.toLowerCase()]) === true;

/**
 * Asks the same again until it comes from the cache, or the time for that is over; the last answer. A service does not wait long for its
 * cache: on a busy machine a lookup may be late, and one that just started may not be connected yet.
 */
export async function fromCache(
  ask: () => Promise<Answer>,
  { signal, withinMs = 300 }: { signal: AbortSignal; withinMs?: number },
): Promise<Answer> {
  let last = await ask();
  const hit = async () => {
    if (!isHit(last)) last = await ask();
    return isHit(last) ? true : undefined;
  };
  await until(hit, { withinMs, signal });
  return last;
}

/** The documented key of the answer to a body. */
export const keyOf = (body: string): string => hash('md5', body);

/** A client of our own to look into a Redis; closed when it goes out of scope. */
export async function openCache(cache: LentCache) {
  // Not loaded where nothing looks into a Redis: that takes a fifth of a second.
  const { createClient } = await import('redis');
  const [host, port] = splitAddress(cache.address);
  const address = { host, port: Number(port), reconnectStrategy: false } as const;
  const client = createClient({
    socket: cache.ca === undefined ? address : { ...address, tls: true, ca: cache.ca },
    password: cache.password,
  });
  client.on('error', () => undefined);
  await client.connect();
  return {
    client,
    /** A field of `INFO`, which is a number. */
    async info(name: string): Promise<number> {
      const text = await client.info();
      return Number(RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1]);
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

export type OpenCache = Awaited<ReturnType<typeof openCache>>;
