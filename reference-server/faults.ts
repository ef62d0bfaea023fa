import { z } from 'zod';
import { type Random, randomStream } from './random.ts';

const share = z.number().min(0).max(1);

/** Faults that can be switched on. A set replaces the one before it as a whole. */
export const faultsSchema = z.strictObject({
  /** Added to every inference, milliseconds. The device's capacity stays as it is. */
  latencyMs: z.number().min(0).max(600_000).optional(),
  /** Share of well-formed requests answered with 500, each drawn on its own. */
  errorShare: share.optional(),
  /** The device stands still for `ms`, every `everyMs`. Requests wait; none is lost unless the queue fills. */
  stall: z
    .strictObject({ ms: z.number().positive(), everyMs: z.number().positive() })
    .refine(({ ms, everyMs }) => ms < everyMs, { path: ['ms'], message: 'must be less than everyMs' })
    .optional(),
  /** Share of requests left out of the request metrics. `/health` still counts them. */
  underReport: share.optional(),
});

export type FaultSet = z.infer<typeof faultsSchema>;

/**
 * The faults in force, with their own random streams, so that two replicas, or two faults, never fail in step. Only stalls do: replicas
 * of one seed stall together, as on a shared disk or network, since a balancer of least connections sends no work to one that stalls alone.
 */
export class Faults {
  #set: FaultSet = {};
  readonly #errors: Random;
  readonly #reports: Random;
  readonly #phases: Random;
  readonly #onChange: (faults: Faults) => void;

  constructor(seed: number, replica: string, onChange: (faults: Faults) => void = () => {}) {
    this.#errors = randomStream(seed, replica, 'error');
    this.#reports = randomStream(seed, replica, 'under-report');
    this.#phases = randomStream(seed, 'stall');
    this.#onChange = onChange;
  }

  get current(): FaultSet {
    return this.#set;
  }

  replace(set: FaultSet): void {
    this.#set = set;
    this.#onChange(this);
  }

  get latencyMs(): number {
    return this.#set.latencyMs ?? 0;
  }

  /** Whether this request is to fail. One draw a request. */
  failsThisOne(): boolean {
    return this.#set.errorShare !== undefined && this.#errors() < this.#set.errorShare;
  }

  /** Whether this request is to be missing from the metrics. One draw a request. */
  hidesThisOne(): boolean {
    return this.#set.underReport !== undefined && this.#reports() < this.#set.underReport;
  }

  /** Where in its period the stall begins, milliseconds from when it was set. */
  drawPhaseMs(everyMs: number): number {
    return this.#phases() * everyMs;
  }
}
