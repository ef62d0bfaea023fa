import type { Sample, StartMark } from '../sample.ts';

type Slot = { open: true; mark: StartMark } | { open: false; sample: Sample };

/**
 * Puts the requests of one scenario, which end in any order, back into the order of their intended starts. Holds only what ended
 * ahead of an older open request, so its memory is bounded by arrivals within one timeout.
 */
export class Order {
  readonly #slots = new Map<number, Slot>();
  readonly #deliver: (sample: Sample) => void;
  #next = 0;
  #highest = -1;
  #repeated = 0;

  /** `deliver` gets every sample once, by index; it must not keep the object. */
  constructor(deliver: (sample: Sample) => void) {
    this.#deliver = deliver;
  }

  /** Index of the oldest request that has not ended, or has not been seen. */
  get next(): number {
    return this.#next;
  }

  /** Samples that came a second time under an index already taken, and were ignored. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Indexes that are missing below the highest one that ended: requests that were open when the recording broke off. */
  get missing(): number {
    let ended = 0;
    for (const slot of this.#slots.values()) if (!slot.open) ended += 1;
    return Math.max(0, this.#highest + 1 - this.#next - ended);
  }

  /** Samples that wait behind a missing one. */
  get waiting(): number {
    let ended = 0;
    for (const slot of this.#slots.values()) if (!slot.open) ended += 1;
    return ended;
  }

  start(mark: StartMark): void {
    if (mark.index >= this.#next && !this.#slots.has(mark.index)) this.#slots.set(mark.index, { open: true, mark });
  }

  end(sample: Sample): void {
    const { index } = sample;
    if (index > this.#highest) this.#highest = index;
    if (index === this.#next) {
      if (this.#slots.size > 0) this.#slots.delete(index);
      this.#next += 1;
      this.#deliver(sample);
      if (this.#slots.size > 0) this.#drain();
      return;
    }
    if (index < this.#next || this.#slots.get(index)?.open === false) this.#repeated += 1;
    else this.#slots.set(index, { open: false, sample });
  }

  /** What is known of a request that was not delivered yet: how it ended, or that it is open, or nothing. */
  peek(index: number): Slot | undefined {
    return this.#slots.get(index);
  }

  #drain(): void {
    for (let slot = this.#slots.get(this.#next); slot?.open === false; slot = this.#slots.get(this.#next)) {
      this.#slots.delete(this.#next);
      this.#next += 1;
      this.#deliver(slot.sample);
    }
  }
}
