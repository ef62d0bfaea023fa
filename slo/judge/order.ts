import type { Sample } from '../sample.ts';
import { clientLimits } from './rules.ts';

/**
 * Puts the requests of one scenario, which end in any order, back into the order of their intended starts. Holds only what ended
 * ahead of an older open request.
 */
export class Order {
  readonly #waiting = new Map<number, Sample>();
  readonly #deliver: (sample: Sample) => void;
  readonly #mostWaiting: number;
  #next = 0;
  #highest = -1;
  #repeated = 0;
  /** Samples behind a gap that will not be filled, and were not kept. */
  #dropped = 0;

  /**
   * `deliver` gets every sample once, by index; it must not keep the object. `inFlight`: requests that can be open at once. When more than
   * that wait for a missing one, it never comes: what is after it is counted from then on, but not kept, even if it comes after all.
   */
  constructor(deliver: (sample: Sample) => void, inFlight = 0) {
    this.#deliver = deliver;
    this.#mostWaiting = Math.max(clientLimits.waiting, 2 * inFlight);
  }

  /** Samples that came a second time under an index already taken, and were ignored. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Indexes that are missing below the highest one that ended: requests that were open when the recording broke off. */
  get missing(): number {
    return Math.max(0, this.#highest + 1 - this.#next - this.waiting);
  }

  /** Samples that wait behind a missing one. */
  get waiting(): number {
    return this.#waiting.size + this.#dropped;
  }

  end(sample: Sample): void {
    const { index } = sample;
    if (index > this.#highest) this.#highest = index;
    if (index === this.#next) {
      // Too late to be of use: it stays missing.
      if (this.#dropped === 0) this.#take(sample);
    } else if (index < this.#next || this.#waiting.has(index)) this.#repeated += 1;
    else if (this.#dropped > 0) this.#dropped += 1;
    else if (this.#waiting.size < this.#mostWaiting) this.#waiting.set(index, sample);
    else {
      this.#dropped = this.#waiting.size + 1;
      this.#waiting.clear();
    }
  }

  #take(sample: Sample): void {
    this.#next += 1;
    this.#deliver(sample);
    for (
      let next = this.#waiting.get(this.#next);
      next !== undefined;
      next = this.#waiting.get(this.#next)
    ) {
      this.#waiting.delete(this.#next);
      this.#next += 1;
      this.#deliver(next);
    }
  }
}
