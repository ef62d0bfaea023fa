import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import { registerCacheMetrics } from './cache.ts';
import { registerGpuMetrics } from './gpu.ts';
import type { MetricSet, Observed } from './metric-set.ts';

/** Upper edges in seconds; every documented latency limit is one of them. */
const durationBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30,
];
const batchBuckets = [1, 2, 4, 8, 16, 32, 64];
/** Statuses whose series are there from the start, so that the first failure is a rise from 0. */
const expectedStatuses = [200, 400, 413, 499, 500, 503];

/** None of the documents served so far names its metrics; these follow Prometheus' conventions. */
export const conventional: MetricSet = (registry, observed) => {
  collectDefaultMetrics({ register: registry });
  registerRequestMetrics(registry, observed);
  registerModelMetrics(registry, observed);
  registerCacheMetrics(registry, observed);
  registerGpuMetrics(registry, observed);
};

function registerRequestMetrics(registry: Registry, { events, routes, models }: Observed): void {
  const byOutcome = { labelNames: ['route', 'model', 'status'] as const, registers: [registry] };
  const requests = new Counter({
    name: 'inference_requests_total',
    help: 'Inference requests answered, failures included.',
    ...byOutcome,
  });
  const errors = new Counter({
    name: 'inference_errors_total',
    help: 'Of those, the ones that failed: status 4xx or 5xx, or 499 when the client went away first.',
    ...byOutcome,
  });
  const duration = new Histogram({
    name: 'inference_duration_seconds',
    help: 'From the first byte of a request to the last of its answer, seconds.',
    labelNames: ['route', 'model'],
    buckets: durationBuckets,
    registers: [registry],
  });
  const count = (route: string, model: string, status: number, by: number) => {
    requests.inc({ route, model, status }, by);
    if (status >= 400) errors.inc({ route, model, status }, by);
  };
  events.on('requestReported', ({ route, model, status, seconds }) => {
    count(route, model, status, 1);
    duration.observe({ route, model }, seconds);
  });
  for (const route of routes) {
    for (const model of models) {
      duration.zero({ route, model });
      for (const status of expectedStatuses) count(route, model, status, 0);
    }
  }
}

function registerModelMetrics(registry: Registry, { events, models, gpu }: Observed): void {
  const registers = [registry];
  const byModel = { labelNames: ['model'] as const, registers };
  const started = new Gauge({
    name: 'inference_start_time_seconds',
    help: 'Unix time of the start, seconds.',
    registers,
  });
  started.set(Date.now() / 1000);
  const size = new Histogram({
    name: 'inference_batch_size',
    help: 'Requests in a batch.',
    buckets: batchBuckets,
    ...byModel,
  });
  for (const model of models) size.zero({ model });
  events.on('batchStarted', ({ model, requests }) => size.observe({ model }, requests));
  const load = new Gauge({
    name: 'model_load_seconds',
    help: 'How long the model took to load, seconds.',
    ...byModel,
  });
  events.on('modelLoaded', ({ model, seconds }) => load.set({ model }, seconds));
  new Gauge({
    name: 'inference_queue_depth',
    help: 'Requests waiting for the device.',
    ...byModel,
    collect() {
      for (const model of models) this.set({ model }, gpu.waiting(model));
    },
  });
}
