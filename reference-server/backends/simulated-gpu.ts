import { cacheKey, type Lookup, type ResponseCache } from '../cache/redis.ts';
import type { Config } from '../config.ts';
import type { Gpu } from '../device/gpu.ts';
import type { Faults } from '../faults/faults.ts';
import type { ServerMetrics } from '../metrics/conventional.ts';
import { Refusal } from '../requests/refusal.ts';
import { type Scheduler, sleep } from '../simulation/scheduler.ts';
import { type Classifier, createClassifier } from './classifier.ts';

export type ModelState = 'loading' | 'ready' | 'failed';

/** Takes what to do when the client goes away before its answer. */
export type OnGone = (callback: () => void) => void;

export interface Prediction {
  /** One class per row. */
  classes: number[];
  /** Queueing, waiting for the batch and running, milliseconds. */
  ms: number;
}

/** Models on the device, and the way of a request through cache, faults and device. */
export class Inference {
  readonly #config: Config;
  readonly #gpu: Gpu;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #metrics: ServerMetrics;
  readonly #cache: ResponseCache | undefined;
  readonly #states = new Map<string, ModelState>();
  readonly #classifiers = new Map<string, Classifier>();

  constructor(parts: {
    config: Config;
    gpu: Gpu;
    scheduler: Scheduler;
    faults: Faults;
    metrics: ServerMetrics;
    cache: ResponseCache | undefined;
  }) {
    this.#config = parts.config;
    this.#gpu = parts.gpu;
    this.#scheduler = parts.scheduler;
    this.#faults = parts.faults;
    this.#metrics = parts.metrics;
    this.#cache = parts.cache;
    for (const { name, version } of parts.config.models) {
      this.#states.set(name, 'loading');
      this.#classifiers.set(name, createClassifier(name, version));
    }
  }

  /** Loads the models one after the other. Returns why each that could not be loaded was refused. */
  async load(): Promise<string[]> {
    const refused: string[] = [];
    for (const { name, cost } of this.#config.models) {
      const result = await new Promise<Parameters<Parameters<Gpu['load']>[2]>[0]>((resolve) =>
        this.#gpu.load(name, cost, resolve),
      );
      if (result.kind === 'loaded') {
        this.#states.set(name, 'ready');
        this.#metrics.loaded(name, result.ms / 1000);
      } else {
        this.#states.set(name, 'failed');
        refused.push(`model ${name} needs ${result.neededMiB} MiB of device memory, ${result.freeMiB} MiB are free`);
      }
    }
    return refused;
  }

  /** Undefined for a model that is not served. */
  state(model: string): ModelState | undefined {
    return this.#states.get(model);
  }

  get allReady(): boolean {
    return [...this.#states.values()].every((state) => state === 'ready');
  }

  /** @throws Refusal when the model cannot be asked now. */
  requireReady(model: string): void {
    const state = this.#states.get(model);
    if (state === undefined) throw new Refusal('MODEL_UNKNOWN', `Model with name ${model} does not exist.`);
    if (state !== 'ready') throw new Refusal('MODEL_NOT_READY', `Model with name ${model} is not ready.`, 1);
  }

  get hasCache(): boolean {
    return this.#cache !== undefined;
  }

  /** Looks a body up in the response cache and counts. */
  async lookUp(model: string, body: string): Promise<{ key: string; found: Lookup }> {
    if (this.#cache === undefined) throw new Error('the server has no cache');
    const key = cacheKey(body);
    const startedAt = performance.now();
    const found = await this.#cache.get(key);
    this.#metrics.cache.lookup(model, found.kind, (performance.now() - startedAt) / 1000);
    return { key, found };
  }

  /** Gives the response cache an answer, waits for nothing, and counts. */
  remember(model: string, key: string, answer: string): void {
    this.#cache?.set(key, answer).then((result) => this.#metrics.cache.write(model, result));
  }

  /** The fault that answers a share of the requests with 500. @throws Refusal for those. */
  failByFault(): void {
    if (this.#faults.failsThisOne()) throw new Refusal('INFERENCE_FAILED', 'Model inference failed');
  }

  /** Runs rows on the device. @throws Refusal when its queue is full, or the client goes away while they wait. */
  async predict(model: string, rows: readonly (readonly number[])[], onGone: OnGone): Promise<Prediction> {
    const startedAt = this.#scheduler.now();
    await this.#run(model, rows.length, onGone);
    const { latencyMs } = this.#faults;
    if (latencyMs > 0) await sleep(this.#scheduler, latencyMs);
    const classify = this.#classifiers.get(model);
    if (classify === undefined) throw new Error(`model ${model} has no classifier`);
    return { classes: rows.map(classify), ms: this.#scheduler.now() - startedAt };
  }

  #run(model: string, rows: number, onGone: OnGone): Promise<void> {
    return new Promise((resolve, reject) => {
      const ticket = this.#gpu.submit(model, rows, () => resolve());
      if (ticket === 'full') {
        const retryAfter = Math.max(1, Math.ceil(this.#gpu.backlogSeconds(model)));
        reject(new Refusal('QUEUE_FULL', 'The queue of the device is full', retryAfter));
        return;
      }
      onGone(() => {
        ticket();
        reject(new Refusal('CLIENT_GONE', 'the client went away'));
      });
    });
  }
}
