import { gpuRows } from './dcgm.ts';
import type { Dialect, Row } from './dialect.ts';
import { noLanguageModel } from './shared.ts';

const byModel = ['model'];
const byOutcome = ['route', 'model', 'status'];
const counter = (metric: string, labels: readonly string[]): Row => ({
  metric,
  kind: 'counter',
  unit: 'requests',
  labels,
});

const hits = counter('inference_cache_hits_total', byModel);

/** Names of the reference server for systems whose document names no metrics, by Prometheus' conventions; its GPU's as dcgm-exporter has them. */
export const conventionalRows = {
  requests: counter('inference_requests_total', byOutcome),
  errors: counter('inference_errors_total', byOutcome),
  duration: {
    metric: 'inference_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['route', 'model'],
    edges: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
  },
  queueDepth: { metric: 'inference_queue_depth', kind: 'gauge', unit: 'requests', labels: byModel },
  queueTime: { lacks: 'it has no metric of it' },
  running: { lacks: 'it has no metric of it' },
  ...noLanguageModel('its models are no language models'),
  batchSize: {
    metric: 'inference_batch_size',
    kind: 'histogram',
    unit: 'requests',
    labels: byModel,
    edges: [1, 2, 4, 8, 16, 32, 64],
  },
  modelLoadTime: { metric: 'model_load_seconds', kind: 'gauge', unit: 'seconds', labels: byModel },
  startTime: {
    metric: 'inference_start_time_seconds',
    kind: 'gauge',
    unit: 'unix-seconds',
    labels: [],
  },
  ...gpuRows(['gpu', 'UUID', 'device', 'modelName', 'Hostname']),
  gpuXid: { lacks: 'its device model has no XID errors' },
} as const satisfies Dialect['rows'];

export const cacheRows = {
  cacheHits: hits,
  cacheLookups: [hits, counter('inference_cache_misses_total', byModel)],
} as const satisfies Dialect['rows'];
