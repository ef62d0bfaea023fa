import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Stall } from '../device/stall.ts';
import { type Random, randomStream } from '../simulation/random.ts';
import type { Scheduler } from '../simulation/scheduler.ts';

const share = z.number().min(0).max(1);
const mostLatencyMs = 600_000;
/** A timer's step: what is shorter cannot be seen, in a stall or between two. */
const leastMs = 1;
const dayMs = 86_400_000;

/**
 * Faults that can be switched on. A set replaces the one before it as a whole, but a drift and a stall that are in both, unchanged, go on
 * as they are.
 */
export const faultsSchema = z.strictObject({
  /** Added to every inference, milliseconds. The device's capacity stays as it is. */
  latencyMs: z.number().min(0).max(mostLatencyMs).optional(),
  /** A drift: added on top of that, growing from 0 when it is switched on. At most what `latencyMs` can be, in all. */
  latencyGrowth: z.strictObject({ msPerSecond: z.number().positive() }).optional(),
  /** Share of well-formed requests answered with 500, each drawn on its own. */
  errorShare: share.optional(),
  /** Share of good answers that are cut in the middle, each drawn on its own. They keep their status, and count by it. */
  malformedShare: share.optional(),
  /** The device stands still for `ms`, every `everyMs`. Requests wait; none is lost unless the queue fills. */
  stall: z
    .strictObject({
      ms: z.number().min(leastMs, `must be at least ${leastMs}`),
      everyMs: z.number().max(dayMs, `must be at most ${dayMs}, a day`),
    })
    .refine(({ ms, everyMs }) => everyMs - ms >= leastMs, {
      path: ['ms'],
      message: `must be at least ${leastMs} less than everyMs`,
    })
    .optional(),
  /** Share of requests left out of the request metrics. `/health` still counts them. */
  underReport: share.optional(),
});

type FaultSet = z.infer<typeof faultsSchema>;

/**
 * The faults in force, with their own random streams, so that two replicas, or two faults, never fail in step. Only stalls do: replicas
 * of one seed stall together, as on a shared disk or network, since a balancer of least connections sends no work to one that stalls alone.
 */
export class Faults {
  #set: FaultSet = {};
  readonly #errors: Random;
  readonly #cuts: Random;
  readonly #reports: Random;
  readonly #phases: Random;
  readonly #scheduler: Scheduler;
  readonly #onStall: (stall: Stall | undefined) => void;
  #growsSince = 0;

  constructor(
    seed: number,
    replica: string,
    scheduler: Scheduler,
    onStall: (stall: Stall | undefined) => void,
  ) {
    this.#errors = randomStream(seed, replica, 'error');
    this.#cuts = randomStream(seed, replica, 'malformed');
    this.#reports = randomStream(seed, replica, 'under-report');
    this.#phases = randomStream(seed, 'stall');
    this.#scheduler = scheduler;
    this.#onStall = onStall;
  }

  get current(): FaultSet {
    return this.#set;
  }

  replace(set: FaultSet): void {
    const before = this.#set;
    this.#set = set;
    const now = this.#scheduler.now();
    if (!isDeepStrictEqual(set.latencyGrowth, before.latencyGrowth)) this.#growsSince = now;
    if (isDeepStrictEqual(set.stall, before.stall)) return;
    // A stall begins at a seeded point in its first period.
    this.#onStall(set.stall && { ...set.stall, firstAt: now + this.#phases() * set.stall.everyMs });
  }

  /** What is added to an inference that ends now. */
  get latencyMs(): number {
    const { latencyMs = 0, latencyGrowth } = this.#set;
    const grownSeconds = (this.#scheduler.now() - this.#growsSince) / 1000;
    return Math.min(latencyMs + (latencyGrowth?.msPerSecond ?? 0) * grownSeconds, mostLatencyMs);
  }

  /** Whether this request is to fail. One draw a request. */
  failsThisOne(): boolean {
    return this.#set.errorShare !== undefined && this.#errors() < this.#set.errorShare;
  }

  /** Whether this answer is to be cut. One draw an answer. */
  cutsThisOne(): boolean {
    return this.#set.malformedShare !== undefined && this.#cuts() < this.#set.malformedShare;
  }

  /** Whether this request is to be missing from the metrics. One draw a request. */
  hidesThisOne(): boolean {
    return this.#set.underReport !== undefined && this.#reports() < this.#set.underReport;
  }
}
