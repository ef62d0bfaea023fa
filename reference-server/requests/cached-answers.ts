import { hash } from 'node:crypto';
import type { Lookup, ResponseCache } from '../cache/response-cache.ts';
import type { ServerEvents } from './events.ts';

/** The response cache as APIs use it. */
export class CachedAnswers {
  readonly #cache: ResponseCache;
  readonly #events: ServerEvents;

  constructor(cache: ResponseCache, events: ServerEvents) {
    this.#cache = cache;
    this.#events = events;
  }

  /** Looks for the answer to a body. The key is the documented one, MD5 of the body as it was sent: no defence against anyone. */
  async lookUp(model: string, body: string): Promise<{ key: string; found: Lookup }> {
    const key = hash('md5', body);
    const startedAt = performance.now();
    const found = await this.#cache.get(key);
    const seconds = (performance.now() - startedAt) / 1000;
    this.#events.emit('cacheLookedUp', { model, result: found.kind, seconds });
    return { key, found };
  }

  /** Hands an answer in and waits for nothing. */
  remember(model: string, key: string, answer: string): void {
    this.#cache
      .set(key, answer)
      .then((result) => this.#events.emit('cacheWritten', { model, result }));
  }
}
