import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Config } from '../config.ts';
import type { Gpu } from '../device/gpu.ts';
import { CacheMetrics } from './cache.ts';
import { registerGpuMetrics } from './gpu.ts';

/** One inference request, once it is over. */
export interface Outcome {
  route: string;
  model: string;
  /** HTTP status; 499 when the client went away first. */
  status: number;
  seconds: number;
}

/** Upper edges in seconds; every documented latency limit is one of them. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];
const batchBuckets = [1, 2, 4, 8, 16, 32, 64];
/** Statuses whose series are there from the start, so that the first failure is a rise from 0. */
const expectedStatuses = [200, 400, 413, 499, 500, 503];

/** What the server says of itself at `/metrics`. */
export class ServerMetrics {
  readonly registry = new Registry();
  readonly cache: CacheMetrics;
  readonly #requests: Counter<'route' | 'model' | 'status'>;
  readonly #errors: Counter<'route' | 'model' | 'status'>;
  readonly #duration: Histogram<'route' | 'model'>;
  readonly #batch: Histogram<'model'>;
  readonly #load: Gauge<'model'>;

  constructor(config: Config, gpu: Gpu, route: string) {
    const { metrics: names } = config.system;
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    const labelNames = ['route', 'model', 'status'] as const;
    this.#requests = new Counter({
      name: names.requests,
      help: 'Inference requests answered, failures included.',
      labelNames,
      registers,
    });
    this.#errors = new Counter({
      name: names.errors,
      help: 'Of those, the ones that failed: status 4xx or 5xx, or 499 when the client went away first.',
      labelNames,
      registers,
    });
    new Gauge({ name: names.startTime, help: 'Unix time of the start, seconds.', registers }).set(Date.now() / 1000);
    this.#duration = new Histogram({
      name: names.duration,
      help: 'From the first byte of a request to the last of its answer, seconds.',
      labelNames: ['route', 'model'],
      buckets: durationBuckets,
      registers,
    });
    const labelModel = ['model'] as const;
    this.cache = new CacheMetrics(this.registry, names);
    this.#batch = new Histogram({
      name: names.batchSize,
      help: 'Requests in a batch.',
      labelNames: labelModel,
      buckets: batchBuckets,
      registers,
    });
    this.#load = new Gauge({
      name: names.modelLoad,
      help: 'How long the model took to load, seconds.',
      labelNames: labelModel,
      registers,
    });
    const models = config.models.map(({ name }) => name);
    new Gauge({
      name: names.queueDepth,
      help: 'Requests waiting for the device.',
      labelNames: labelModel,
      registers,
      collect() {
        for (const model of models) this.set({ model }, gpu.waiting(model));
      },
    });
    registerGpuMetrics(this.registry, gpu, config);
    this.#startFromZero(models, route, config.system.cache !== undefined);
  }

  record({ route, model, status, seconds }: Outcome): void {
    const labels = { route, model, status: String(status) };
    this.#requests.inc(labels);
    if (status >= 400) this.#errors.inc(labels);
    this.#duration.observe({ route, model }, seconds);
  }

  batch(model: string, requests: number): void {
    this.#batch.observe({ model }, requests);
  }

  loaded(model: string, seconds: number): void {
    this.#load.set({ model }, seconds);
  }

  #startFromZero(models: readonly string[], route: string, cached: boolean): void {
    for (const model of models) {
      this.#duration.zero({ route, model });
      this.#batch.zero({ model });
      if (cached) this.cache.startFromZero(model);
      for (const status of expectedStatuses) {
        this.#requests.inc({ route, model, status: String(status) }, 0);
        if (status >= 400) this.#errors.inc({ route, model, status: String(status) }, 0);
      }
    }
  }
}
