import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BreakerState } from '../cache/breaker.ts';
import { type LookupResult, lookupResults, type WriteResult, writeResults } from '../cache/redis.ts';
import type { MetricNames } from '../systems/system.ts';

/** How a cache that is asked over a network is doing. */
export interface CacheHealth {
  readonly breaker: BreakerState;
  readonly connected: boolean;
}

const breakerStates: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };
/** Upper edges in seconds: from an answer on loopback to beyond the time limit of a lookup. */
const lookupBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1];

/** What the response cache does for the requests. */
export class CacheMetrics {
  readonly #registry: Registry;
  readonly #names: MetricNames;
  readonly #hits: Counter<'model'>;
  readonly #misses: Counter<'model'>;
  readonly #lookups: Counter<'model' | 'result'>;
  readonly #duration: Histogram<'model'>;
  readonly #writes: Counter<'model' | 'result'>;

  constructor(registry: Registry, names: MetricNames) {
    this.#registry = registry;
    this.#names = names;
    const registers = [registry];
    const labelModel = ['model'] as const;
    const labelResult = ['model', 'result'] as const;
    this.#hits = new Counter({
      name: names.cacheHits,
      help: 'Answers from the response cache.',
      labelNames: labelModel,
      registers,
    });
    this.#misses = new Counter({
      name: names.cacheMisses,
      help: 'Lookups that found nothing.',
      labelNames: labelModel,
      registers,
    });
    this.#lookups = new Counter({
      name: names.cacheLookups,
      help: `Lookups by how they ended: ${lookupResults.join(', ')}. Skipped: the cache is left alone, or not connected.`,
      labelNames: labelResult,
      registers,
    });
    this.#duration = new Histogram({
      name: names.cacheLookupDuration,
      help: 'How long the cache was asked, seconds; skipped lookups are not in it.',
      labelNames: labelModel,
      buckets: lookupBuckets,
      registers,
    });
    this.#writes = new Counter({
      name: names.cacheWrites,
      help: `Answers given to the cache, by what became of them: ${writeResults.join(', ')}.`,
      labelNames: labelResult,
      registers,
    });
  }

  lookup(model: string, result: LookupResult, seconds: number): void {
    (result === 'hit' ? this.#hits : this.#misses).inc({ model });
    this.#lookups.inc({ model, result });
    if (result !== 'skipped') this.#duration.observe({ model }, seconds);
  }

  write(model: string, result: WriteResult): void {
    this.#writes.inc({ model, result });
  }

  /** Shows how the cache is doing, read at each scrape. */
  watch(cache: CacheHealth): void {
    const registers = [this.#registry];
    new Gauge({
      name: this.#names.cacheBreaker,
      help: 'Whether the cache is asked: 0 yes (closed), 1 the next lookup tries (half-open), 2 no (open).',
      registers,
      collect() {
        this.set(breakerStates[cache.breaker]);
      },
    });
    new Gauge({
      name: this.#names.cacheConnected,
      help: '1 with a connection to the cache that can be used, else 0.',
      registers,
      collect() {
        this.set(cache.connected ? 1 : 0);
      },
    });
  }

  startFromZero(model: string): void {
    this.#hits.inc({ model }, 0);
    this.#misses.inc({ model }, 0);
    this.#duration.zero({ model });
    for (const result of lookupResults) this.#lookups.inc({ model, result }, 0);
    for (const result of writeResults) this.#writes.inc({ model, result }, 0);
  }
}
