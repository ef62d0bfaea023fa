import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BreakerState } from '../cache/breaker.ts';
import { lookupResults, writeResults } from '../cache/response-cache.ts';
import type { CacheHealth, Observed } from './metric-set.ts';

const breakerStates: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };
/** Upper edges in seconds: from an answer on loopback to beyond the time limit of a lookup. */
const lookupBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1];

/** What the response cache does for the requests, and how it is doing itself. */
export function registerCacheMetrics(
  registry: Registry,
  { events, models, hasCache, cache }: Observed,
): void {
  const byModel = { labelNames: ['model'] as const, registers: [registry] };
  const byResult = { labelNames: ['model', 'result'] as const, registers: [registry] };
  const hits = new Counter({
    name: 'inference_cache_hits_total',
    help: 'Answers from the response cache.',
    ...byModel,
  });
  const misses = new Counter({
    name: 'inference_cache_misses_total',
    help: 'Lookups that found nothing.',
    ...byModel,
  });
  const lookups = new Counter({
    name: 'inference_cache_lookups_total',
    help: `Lookups by how they ended: ${lookupResults.join(', ')}. Skipped: the cache is left alone, or not connected.`,
    ...byResult,
  });
  const duration = new Histogram({
    name: 'inference_cache_lookup_duration_seconds',
    help: 'How long the cache was asked, seconds; skipped lookups are not in it.',
    buckets: lookupBuckets,
    ...byModel,
  });
  const writes = new Counter({
    name: 'inference_cache_writes_total',
    help: `Answers given to the cache, by what became of them: ${writeResults.join(', ')}.`,
    ...byResult,
  });
  events.on('cacheLookedUp', ({ model, result, seconds }) => {
    (result === 'hit' ? hits : misses).inc({ model });
    lookups.inc({ model, result });
    if (result !== 'skipped') duration.observe({ model }, seconds);
  });
  events.on('cacheWritten', ({ model, result }) => writes.inc({ model, result }));
  for (const model of hasCache ? models : []) {
    hits.inc({ model }, 0);
    misses.inc({ model }, 0);
    duration.zero({ model });
    for (const result of lookupResults) lookups.inc({ model, result }, 0);
    for (const result of writeResults) writes.inc({ model, result }, 0);
  }
  if (cache) registerHealth(registry, cache);
}

function registerHealth(registry: Registry, cache: CacheHealth): void {
  new Gauge({
    name: 'inference_cache_breaker_state',
    help: 'Whether the cache is asked: 0 yes (closed), 1 the next lookup tries (half-open), 2 no (open).',
    registers: [registry],
    collect() {
      this.set(breakerStates[cache.breaker]);
    },
  });
  new Gauge({
    name: 'inference_cache_connected',
    help: '1 with a connection to the cache that can be used, else 0.',
    registers: [registry],
    collect() {
      this.set(cache.connected ? 1 : 0);
    },
  });
}
