import { hash } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { createClient } from 'redis';
import type { RedisConfig } from './config.ts';

export type Lookup = { kind: 'hit'; value: string } | { kind: 'miss' } | { kind: 'unreachable' };

/** Stores answers. Never fails: a cache that is away answers `unreachable` and forgets what it is given. */
export interface ResponseCache {
  get(key: string): Promise<Lookup>;
  set(key: string, value: string): void;
  close(): void;
}

/** The documented key: MD5 of the JSON request body, as it was sent. Not used for anything that MD5 would be too weak for. */
export function cacheKey(body: string): string {
  return hash('md5', body);
}

/** Longest time a lookup may hold a request up. */
const lookupTimeoutMs = 100;
/** How long the cache is left alone after a lookup has timed out. */
const restMs = 1_000;

/** Answers in Redis. Says once when it goes away and once when it is back. */
export class RedisCache implements ResponseCache {
  readonly #client: ReturnType<typeof createClient>;
  readonly #log: FastifyBaseLogger;
  readonly #ttlSeconds: number;
  readonly #address: string;
  #reachable: boolean | undefined;
  #restUntil = 0;

  constructor({ host, port, password, tls }: RedisConfig, ttlSeconds: number, log: FastifyBaseLogger) {
    this.#log = log;
    this.#ttlSeconds = ttlSeconds;
    this.#address = `${host}:${port}`;
    const common = {
      host,
      port,
      connectTimeout: 2_000,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, 1_000),
    };
    this.#client = createClient({
      socket: tls ? { ...common, tls: true, minVersion: 'TLSv1.2' } : common,
      ...(password === undefined ? {} : { password }),
      disableOfflineQueue: true,
    });
    this.#client.on('error', (error: Error) => this.#lost(error.message));
    this.#client.on('ready', () => this.#found());
    this.#client.connect().catch((error: Error) => this.#lost(error.message));
    if (!tls && !isLoopback(host)) log.warn(`REDIS_TLS is off: answers reach ${this.#address} in the clear`);
  }

  async get(key: string): Promise<Lookup> {
    if (!this.#client.isReady || performance.now() < this.#restUntil) return { kind: 'unreachable' };
    try {
      const value = await within(lookupTimeoutMs, this.#client.get(key));
      if (this.#reachable === false) this.#found();
      return typeof value === 'string' ? { kind: 'hit', value } : { kind: 'miss' };
    } catch (error) {
      this.#restUntil = performance.now() + restMs;
      this.#lost(error instanceof Error ? error.message : String(error));
      return { kind: 'unreachable' };
    }
  }

  set(key: string, value: string): void {
    if (!this.#client.isReady || performance.now() < this.#restUntil) return;
    this.#client.setEx(key, this.#ttlSeconds, value).catch((error: Error) => this.#lost(error.message));
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  #lost(reason: string): void {
    if (this.#reachable === false) return;
    this.#reachable = false;
    this.#log.warn(`Redis at ${this.#address} cannot be used (${reason}); serving without the response cache until it is back`);
  }

  #found(): void {
    if (this.#reachable === true) return;
    this.#reachable = true;
    this.#log.info(`Response cache in Redis at ${this.#address}`);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
