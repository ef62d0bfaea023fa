import type { FastifyBaseLogger } from 'fastify';
import { createClient } from 'redis';
import type { Random } from '../simulation/random.ts';
import { Breaker, type BreakerState, pauseMs } from './breaker.ts';
import type { Lookup, ResponseCache, WriteResult } from './response-cache.ts';
import { Late, within } from './within.ts';

export interface RedisConfig {
  host: string;
  port: number;
  password?: string | undefined;
  tls: boolean;
}

/**
 * Longest time a lookup may hold a request up: a quarter of the 200 ms that 95 % of the answers are promised in, and some hundred times
 * what Redis takes.
 */
const answerWithinMs = 50;
/**
 * So many failures in a row leave it alone. Each was begun after the one before, so as time-outs they are a quarter of a second without
 * an answer: longer than a busy machine lets a process wait.
 */
const failuresToOpen = 5;
/**
 * At first as long as it took to notice. The cap is what a cache that is well again may be missed for, and while it is away one request
 * in each pause waits in vain.
 */
const restBackOff = { firstMs: 250, capMs: 4_000 };
const reconnectBackOff = { firstMs: 50, capMs: 1_000 };
/**
 * A connection on which nothing is sent or received for so long is given up for a new one. A ping keeps a good one; on one that is dead
 * the first ping waits for ever, and only lookups are sent. The pauses between those reach at least half of the cap, hence this limit.
 */
const silentMs = restBackOff.capMs / 2;
const pingEveryMs = silentMs / 2;

/** Answers in Redis. Says once when it cannot be used any more, and once when it can be again. */
export class RedisCache implements ResponseCache {
  readonly #client: ReturnType<typeof createClient>;
  readonly #log: FastifyBaseLogger;
  readonly #ttlSeconds: number;
  readonly #address: string;
  readonly #breaker: Breaker;
  #usable: boolean | undefined;

  constructor(
    { host, port, password, tls }: RedisConfig,
    ttlSeconds: number,
    log: FastifyBaseLogger,
    random: Random,
  ) {
    this.#log = log;
    this.#ttlSeconds = ttlSeconds;
    this.#address = `${host}:${port}`;
    this.#breaker = new Breaker({
      failures: failuresToOpen,
      backOff: restBackOff,
      now: () => performance.now(),
      random,
    });
    const common = {
      host,
      port,
      connectTimeout: 2_000,
      socketTimeout: silentMs,
      reconnectStrategy: (retries: number) => pauseMs(reconnectBackOff, retries, random),
    };
    this.#client = createClient({
      socket: tls ? { ...common, tls: true, minVersion: 'TLSv1.2' } : common,
      ...(password === undefined ? {} : { password }),
      disableOfflineQueue: true,
      pingInterval: pingEveryMs,
    });
    this.#client.on('error', (error: Error) => this.#tell(error.message));
    this.#client.on('ready', () => this.#tell());
    this.#client.connect().catch((error: Error) => this.#tell(error.message));
    if (!tls && !isLoopback(host))
      log.warn(`REDIS_TLS is off: answers reach ${this.#address} in the clear`);
  }

  get breaker(): BreakerState {
    return this.#breaker.state;
  }

  get connected(): boolean {
    return this.#client.isReady;
  }

  async get(key: string): Promise<Lookup> {
    const attempt = this.connected ? this.#breaker.begin() : undefined;
    if (attempt === undefined) return { kind: 'skipped' };
    const reply = await this.#ended(attempt, this.#client.get(key));
    if (reply.kind !== 'answer') return reply;
    this.#breaker.succeeded();
    this.#tell();
    return typeof reply.value === 'string' ? { kind: 'hit', value: reply.value } : { kind: 'miss' };
  }

  async set(key: string, value: string): Promise<WriteResult> {
    // Whether Redis is well is for lookups to say: a write that fails counts against it, one that succeeds not for it.
    const attempt = this.connected && this.breaker === 'closed' ? this.#breaker.begin() : undefined;
    if (attempt === undefined) return 'skipped';
    const { kind } = await this.#ended(attempt, this.#client.setEx(key, this.#ttlSeconds, value));
    return kind === 'answer' ? 'stored' : kind;
  }

  close(): void {
    // It ends on purpose: nothing to tell.
    this.#usable = false;
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** Waits for a command to end. One that fails, or takes too long, counts against Redis. */
  async #ended<T>(
    attempt: number,
    command: Promise<T>,
  ): Promise<{ kind: 'answer'; value: T } | { kind: 'timeout' | 'error' }> {
    try {
      return { kind: 'answer', value: await within(answerWithinMs, command) };
    } catch (error) {
      this.#breaker.failed(attempt);
      this.#tell(error instanceof Error ? error.message : String(error));
      return { kind: error instanceof Late ? 'timeout' : 'error' };
    }
  }

  /** Logs whether the cache can be used, if that has changed. */
  #tell(reason?: string): void {
    const usable = this.connected && this.breaker === 'closed';
    if (usable === this.#usable) return;
    this.#usable = usable;
    if (usable) this.#log.info(`Response cache in Redis at ${this.#address}`);
    else
      this.#log.warn(
        `Redis at ${this.#address} cannot be used (${reason}); serving without the response cache until it is back`,
      );
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
