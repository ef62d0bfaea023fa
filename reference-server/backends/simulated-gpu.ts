import type { Gpu, LoadResult } from '../device/gpu.ts';
import type { ModelCost, ServedModel } from '../device/profile.ts';
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

interface Served {
  cost: ModelCost;
  classify: Classifier;
  state: ModelState;
}

/** Linear classifiers that take as long as the device model says, and fail as the faults in force say. */
export class SimulatedGpu {
  readonly #models: ReadonlyMap<string, Served>;
  readonly #gpu: Gpu;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #events: ServerEvents;

  constructor(
    models: readonly ServedModel[],
    gpu: Gpu,
    scheduler: Scheduler,
    faults: Faults,
    events: ServerEvents,
  ) {
    const loading = ({ name, version, cost }: ServedModel): [string, Served] => [
      name,
      { cost, classify: createClassifier(name, version), state: 'loading' },
    ];
    this.#models = new Map(models.map(loading));
    this.#gpu = gpu;
    this.#scheduler = scheduler;
    this.#faults = faults;
    this.#events = events;
  }

  /** Loads the models one after the other. Returns why each that could not be loaded was refused. */
  async load(): Promise<string[]> {
    const refused: string[] = [];
    for (const [name, served] of this.#models) {
      const result = await new Promise<LoadResult>((resolve) =>
        this.#gpu.load(name, served.cost, resolve),
      );
      if (result.kind === 'loaded') {
        served.state = 'ready';
        this.#events.emit('modelLoaded', { model: name, seconds: result.ms / 1000 });
      } else {
        served.state = 'failed';
        refused.push(
          `model ${name} needs ${result.neededMiB} MiB of device memory, ${result.freeMiB} MiB are free`,
        );
      }
    }
    return refused;
  }

  /** Undefined for a model that is not served. */
  state(model: string): ModelState | undefined {
    return this.#models.get(model)?.state;
  }

  get allReady(): boolean {
    return [...this.#models.values()].every(({ state }) => state === 'ready');
  }

  /** @throws Refusal when the model cannot be asked now. */
  requireReady(model: string): void {
    this.#ready(model);
  }

  /** The fault that answers a share of the requests with 500. @throws Refusal for those. */
  failByFault(): void {
    if (this.#faults.failsThisOne())
      throw new Refusal('INFERENCE_FAILED', 'Model inference failed');
  }

  /** A good answer as it goes out: the fault that cuts a share of them in the middle. */
  cutByFault(answer: string): string {
    return this.#faults.cutsThisOne() ? answer.slice(0, Math.floor(answer.length / 2)) : answer;
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
    const { classify } = this.#ready(model);
    const startedAt = this.#scheduler.now();
    await this.#run(model, rows.length, onGone);
    const { latencyMs } = this.#faults;
    if (latencyMs > 0) await sleep(this.#scheduler, latencyMs);
    return { classes: rows.map(classify), ms: this.#scheduler.now() - startedAt };
  }

  #ready(model: string): Served {
    const served = this.#models.get(model);
    if (served === undefined)
      throw new Refusal('MODEL_UNKNOWN', `Model with name ${model} does not exist.`);
    if (served.state !== 'ready')
      throw new Refusal('MODEL_NOT_READY', `Model with name ${model} is not ready.`, {
        'retry-after': '1',
      });
    return served;
  }

  #run(model: string, rows: number, onGone: (callback: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const ticket = this.#gpu.submit(model, rows, () => resolve());
      if (ticket === 'full') {
        const retryAfter = Math.max(1, Math.ceil(this.#gpu.backlogSeconds(model)));
        reject(
          new Refusal('QUEUE_FULL', 'The queue of the device is full', {
            'retry-after': String(retryAfter),
          }),
        );
        return;
      }
      onGone(() => {
        ticket();
        reject(new Refusal('CLIENT_GONE', 'the client went away'));
      });
    });
  }
}
