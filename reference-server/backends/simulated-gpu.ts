import type { Gpu, LoadResult } from '../device/gpu.ts';
import type { ServedModel } from '../device/profile.ts';
import type { Faults } from '../faults/faults.ts';
import type { ServerEvents } from '../requests/events.ts';
import { Refusal } from '../requests/refusal.ts';
import { type Scheduler, sleep } from '../simulation/scheduler.ts';
import { type Classifier, createClassifier } from './classifier.ts';

type ModelState = 'loading' | 'ready' | 'failed';

interface Prediction {
  /** One class per row. */
  classes: number[];
  /** Queueing, waiting for the batch and running, milliseconds. */
  ms: number;
}

/** Linear classifiers that take as long as the device model says, and fail as the faults in force say. */
export class SimulatedGpu {
  readonly #models: readonly ServedModel[];
  readonly #gpu: Gpu;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #events: ServerEvents;
  readonly #states = new Map<string, ModelState>();
  readonly #classifiers = new Map<string, Classifier>();

  constructor(models: readonly ServedModel[], gpu: Gpu, scheduler: Scheduler, faults: Faults, events: ServerEvents) {
    this.#models = models;
    this.#gpu = gpu;
    this.#scheduler = scheduler;
    this.#faults = faults;
    this.#events = events;
    for (const { name, version } of models) {
      this.#states.set(name, 'loading');
      this.#classifiers.set(name, createClassifier(name, version));
    }
  }

  /** Loads the models one after the other. Returns why each that could not be loaded was refused. */
  async load(): Promise<string[]> {
    const refused: string[] = [];
    for (const { name, cost } of this.#models) {
      const result = await new Promise<LoadResult>((resolve) => this.#gpu.load(name, cost, resolve));
      if (result.kind === 'loaded') {
        this.#states.set(name, 'ready');
        this.#events.emit('modelLoaded', { model: name, seconds: result.ms / 1000 });
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

  /** The fault that answers a share of the requests with 500. @throws Refusal for those. */
  failByFault(): void {
    if (this.#faults.failsThisOne()) throw new Refusal('INFERENCE_FAILED', 'Model inference failed');
  }

  /**
   * Runs rows on the device. `onGone` is told what to do when the client goes away before its answer.
   * @throws Refusal when the device's queue is full, or the client goes away while they wait.
   */
  async predict(
    model: string,
    rows: readonly (readonly number[])[],
    onGone: (callback: () => void) => void,
  ): Promise<Prediction> {
    const startedAt = this.#scheduler.now();
    await this.#run(model, rows.length, onGone);
    const { latencyMs } = this.#faults;
    if (latencyMs > 0) await sleep(this.#scheduler, latencyMs);
    const classify = this.#classifiers.get(model);
    if (classify === undefined) throw new Error(`model ${model} has no classifier`);
    return { classes: rows.map(classify), ms: this.#scheduler.now() - startedAt };
  }

  #run(model: string, rows: number, onGone: (callback: () => void) => void): Promise<void> {
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
