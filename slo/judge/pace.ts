import { arrivalRates } from '../arrival-rates.ts';
import type { Arrivals } from '../profile.ts';
import { clientLimits } from './rules.ts';

/**
 * The intended starts of judged requests, in index order. They are our own client's schedule, so they never run backwards, and where
 * arrivals are open they never pause: what does so was recorded by a clock that jumped or a client that slept.
 */
export class Pace {
  readonly #gapLimitMs: number;
  #originMs: number | undefined;
  #lastMs = 0;
  #gapMs = 0;
  #disordered = 0;

  constructor(arrivals: Arrivals) {
    const slowest = arrivalRates(arrivals)?.slowest;
    this.#gapLimitMs =
      slowest === undefined ? Number.POSITIVE_INFINITY : (clientLimits.gapFactor * 1000) / slowest;
  }

  /** Time since the first judged start, never smaller than before, and that start. */
  step(intendedStart: number): { atMs: number; originMs: number } {
    this.#originMs ??= intendedStart;
    const atMs = intendedStart - this.#originMs;
    if (atMs < this.#lastMs - clientLimits.clockJumpMs) this.#disordered += 1;
    this.#pause(atMs - this.#lastMs);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    return { atMs: this.#lastMs, originMs: this.#originMs };
  }

  /** The schedule had so much time: without requests up to its end, the client fell silent or the recording is not all there. */
  end(plannedMs: number): void {
    if (this.#originMs !== undefined) this.#pause(plannedMs - this.#lastMs);
  }

  /** A request of the warm-up after one that was judged. */
  misplaced(): void {
    this.#disordered += 1;
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  /** The longest pause that the schedule does not have; 0 when there was none. */
  get gapMs(): number {
    return this.#gapMs;
  }

  /** Requests that were due before an earlier one, or of the warm-up after it. */
  get disordered(): number {
    return this.#disordered;
  }

  #pause(ms: number): void {
    if (ms > this.#gapLimitMs) this.#gapMs = Math.max(this.#gapMs, ms);
  }
}
