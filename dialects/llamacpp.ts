import type { Dialect, Row } from './dialect.ts';
import type { Kind, Unit } from './signals.ts';

const row = (metric: string, kind: Kind, unit: Unit): Row => ({ metric, kind, unit, labels: [] });
/** Tokens of prompts that were computed, and those that were in the cache: together all of them. */
const prompt = row('llamacpp:prompt_tokens_total', 'counter', 'tokens');
const cached = row('llamacpp:prompt_tokens_cached_total', 'counter', 'tokens');
const none = { lacks: 'it has no metric of it' };
const noHistogram = { lacks: 'it has no histograms' };

/** Its page has colons in its names and is written one way, whatever the scraper asks for. */
export const llamacpp: Dialect = {
  name: 'llamacpp',
  title: 'llama.cpp',
  source: { kind: 'recorded', server: 'llama.cpp (xllamacpp)', version: '2026.10.11549' },
  negotiates: false,
  rows: {
    requests: { lacks: 'it counts tokens and decodes, not requests' },
    errors: none,
    duration: noHistogram,
    queueDepth: row('llamacpp:requests_deferred', 'gauge', 'requests'),
    queueTime: noHistogram,
    running: row('llamacpp:requests_processing', 'gauge', 'requests'),
    promptTokens: [cached, prompt],
    generatedTokens: row('llamacpp:tokens_predicted_total', 'counter', 'tokens'),
    timeToFirstToken: noHistogram,
    interTokenLatency: noHistogram,
    kvCacheUsage: none,
    batchSize: none,
    cacheHits: cached,
    cacheLookups: [cached, prompt],
    modelLoadTime: none,
    startTime: none,
  },
};
