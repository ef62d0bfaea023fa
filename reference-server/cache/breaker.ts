import type { Random } from '../simulation/random.ts';

/** Pauses that double from the first to a cap. */
interface BackOff {
  firstMs: number;
  capMs: number;
}

/**
 * The pause that follows so many others, milliseconds. Jitter takes up to half of it away: replicas that lost a service together do not
 * come back to it together, and none comes back at once.
 */
export function pauseMs({ firstMs, capMs }: BackOff, others: number, random: Random): number {
  return Math.min(firstMs * 2 ** others, capMs) * (1 - random() / 2);
}

/** `closed`: everything is tried. `open`: nothing is. `half-open`: one is tried, and decides. */
export type BreakerState = 'closed' | 'half-open' | 'open';

interface BreakerOptions {
  /** So many failures in a row open it. */
  failures: number;
  backOff: BackOff;
  /** Milliseconds on a clock that is never set back. */
  now: () => number;
  random: Random;
}

/**
 * A circuit breaker: decides whether a service is to be asked, from how the last attempts ended. No timers, no clock of its own.
 * Attempts may overlap. Those that were under way when one failed met the same trouble, so of them only the first failure counts:
 * one pause of the service is one failure, whatever the load.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  /** Pauses in a row, 0 while it is closed. */
  #pauses = 0;
  #pausedUntil = 0;
  #trialUnderWay = false;
  #begun = 0;
  /** Attempts up to this one were begun before the last failure was known. */
  #metTheLastFailure = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get state(): BreakerState {
    if (this.#pauses === 0) return 'closed';
    return this.#options.now() < this.#pausedUntil ? 'open' : 'half-open';
  }

  /** The number of an attempt that may be made now; undefined when none may. Each has to end as `succeeded` or `failed`. */
  begin(): number | undefined {
    const { state } = this;
    if (state === 'open' || this.#trialUnderWay) return undefined;
    this.#trialUnderWay = state === 'half-open';
    this.#begun += 1;
    return this.#begun;
  }

  /** The service is well: everything begins anew. */
  succeeded(): void {
    this.#failures = 0;
    this.#pauses = 0;
    this.#trialUnderWay = false;
  }

  failed(attempt: number): void {
    if (attempt <= this.#metTheLastFailure) return;
    const { failures, backOff, now, random } = this.#options;
    this.#metTheLastFailure = this.#begun;
    this.#failures += 1;
    if (this.#pauses === 0 && this.#failures < failures) return;
    this.#trialUnderWay = false;
    this.#pausedUntil = now() + pauseMs(backOff, this.#pauses, random);
    this.#pauses += 1;
  }
}
