import type { Random } from '../simulation/random.ts';
import type { Scheduler } from '../simulation/scheduler.ts';
import { footprintMiB, loadMs, Memory } from './memory.ts';
import { Meter, type Readings } from './meter.ts';
import type { DeviceProfile, ModelCost } from './profile.ts';
import { drawServiceMs } from './service-time.ts';
import { finishTime, type Stall, stallEnd } from './stall.ts';

/** How a request went through the device. Times on the device's clock, milliseconds. */
export interface CompletedJob {
  arrivedAt: number;
  startedAt: number;
  endedAt: number;
  /** Requests in its batch. */
  batch: number;
}

interface Job {
  rows: number;
  arrivedAt: number;
  done: (job: CompletedJob) => void;
}

interface ModelQueue {
  name: string;
  cost: ModelCost;
  /** Waiting requests, oldest first. */
  jobs: Job[];
}

export type LoadResult =
  | { kind: 'loaded'; ms: number }
  | { kind: 'out-of-memory'; neededMiB: number; freeMiB: number };

/** The device's sensors and the use of its memory. */
export type GpuReadings = Readings & { usedMiB: number; freeMiB: number; reservedMiB: number };

/**
 * A simulated GPU: a first-in-first-out queue for each model, a dynamic batcher, one batch at a time. Laws in `docs/device-model.md`.
 * It reckons with ideal times: a timer that fires late delays answers, but takes nothing from the device's capacity.
 */
export class Gpu {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #profile: DeviceProfile;
  readonly #memory: Memory;
  readonly #meter: Meter;
  readonly #models = new Map<string, ModelQueue>();
  readonly #onBatch: (model: string, requests: number) => void;
  #stall: Stall | undefined;
  #freeAt: number;
  #inService = 0;
  #dispatching = false;
  #cancelWake: () => void = () => {};

  constructor(
    profile: DeviceProfile,
    scheduler: Scheduler,
    random: Random,
    onBatch: (model: string, requests: number) => void = () => {},
  ) {
    this.#profile = profile;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#onBatch = onBatch;
    this.#memory = new Memory(profile.memoryMiB, profile.reservedMiB);
    this.#meter = new Meter(profile, scheduler.now());
    this.#freeAt = scheduler.now();
  }

  /** Takes the memory at once, or refuses; calls back when the model can be used. */
  load(name: string, cost: ModelCost, done: (result: LoadResult) => void): void {
    const neededMiB = footprintMiB(cost);
    if (!this.#memory.take(name, neededMiB)) {
      done({ kind: 'out-of-memory', neededMiB, freeMiB: this.#memory.freeMiB });
      return;
    }
    const ms = loadMs(this.#profile, cost.weightsMiB);
    this.#scheduler.after(ms, () => {
      this.#models.set(name, { name, cost, jobs: [] });
      done({ kind: 'loaded', ms });
    });
  }

  /** Queues a request of a loaded model. Returns how to withdraw it while it waits, or `full`. */
  submit(model: string, rows: number, done: (job: CompletedJob) => void): (() => void) | 'full' {
    const queue = this.#models.get(model);
    if (queue === undefined) throw new Error(`model ${model} is not loaded`);
    if (queue.jobs.length >= queue.cost.queueLimit) return 'full';
    const job: Job = { rows, arrivedAt: this.#scheduler.now(), done };
    queue.jobs.push(job);
    this.#dispatch();
    return () => {
      const index = queue.jobs.indexOf(job);
      if (index >= 0) queue.jobs.splice(index, 1);
    };
  }

  /** Requests of a model that wait. */
  waiting(model: string): number {
    return this.#models.get(model)?.jobs.length ?? 0;
  }

  /** Requests in the batch that runs. */
  get inService(): number {
    return this.#inService;
  }

  /** How long a request of this model that comes now would wait at most for those before it, seconds. */
  backlogSeconds(model: string): number {
    const queue = this.#models.get(model);
    if (queue === undefined) return 0;
    const rows = queue.jobs.reduce((sum, job) => sum + job.rows, 0);
    const batches = Math.ceil(queue.jobs.length / queue.cost.maxBatch);
    return (batches * queue.cost.fixedMs + rows * queue.cost.perRowMs) / 1000;
  }

  /** From now on (the batch that runs is not affected); `undefined` ends it. */
  setStall(stall: Stall | undefined): void {
    this.#stall = stall;
    this.#dispatch();
  }

  read(): GpuReadings {
    const { usedMiB, freeMiB, reservedMiB } = this.#memory;
    return { ...this.#meter.read(this.#scheduler.now()), usedMiB, freeMiB, reservedMiB };
  }

  /** Starts every batch that is due; otherwise sets the alarm for the next. */
  #dispatch(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    this.#cancelWake();
    this.#cancelWake = () => {};
    while (this.#inService === 0) {
      const next = this.#nextBatch();
      if (next === undefined) break;
      const wait = next.startsAt - this.#scheduler.now();
      if (wait > 0) {
        this.#cancelWake = this.#scheduler.after(wait, () => this.#dispatch());
        break;
      }
      this.#start(next.queue, next.startsAt);
    }
    this.#dispatching = false;
  }

  /** The batch that is ready first. Ready: full, or its oldest request has waited long enough. */
  #nextBatch(): { queue: ModelQueue; startsAt: number } | undefined {
    let first: { queue: ModelQueue; readyAt: number } | undefined;
    for (const queue of this.#models.values()) {
      const oldest = queue.jobs[0];
      if (oldest === undefined) continue;
      const timeout = oldest.arrivedAt + queue.cost.maxWaitMs;
      const readyAt = Math.min(timeout, queue.jobs[queue.cost.maxBatch - 1]?.arrivedAt ?? timeout);
      if (first === undefined || readyAt < first.readyAt) first = { queue, readyAt };
    }
    return (
      first && {
        queue: first.queue,
        startsAt: stallEnd(this.#stall, Math.max(this.#freeAt, first.readyAt)),
      }
    );
  }

  #start({ name, cost, jobs }: ModelQueue, startedAt: number): void {
    let size = 0;
    let rows = 0;
    // Only who had arrived by the ideal start takes part, however late the timer was.
    for (const job of jobs) {
      if (size >= cost.maxBatch || job.arrivedAt > startedAt) break;
      size += 1;
      rows += job.rows;
    }
    const batch = jobs.splice(0, size);
    const endedAt = finishTime(this.#stall, startedAt, drawServiceMs(cost, rows, this.#random));
    this.#inService = size;
    this.#freeAt = endedAt;
    this.#meter.busy(startedAt, endedAt);
    this.#onBatch(name, size);
    const wait = endedAt - this.#scheduler.now();
    if (wait > 0) this.#scheduler.after(wait, () => this.#end(batch, startedAt, endedAt));
    else this.#end(batch, startedAt, endedAt);
  }

  #end(batch: readonly Job[], startedAt: number, endedAt: number): void {
    const nested = this.#dispatching;
    // Requests that the answers bring about at once arrive together: none of them starts a batch before the last is in.
    this.#dispatching = true;
    this.#inService = 0;
    for (const { arrivedAt, done } of batch)
      done({ arrivedAt, startedAt, endedAt, batch: batch.length });
    this.#dispatching = nested;
    if (!nested) this.#dispatch();
  }
}
