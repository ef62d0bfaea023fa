import type { Scheduler } from './scheduler.ts';

interface Event {
  at: number;
  callback: () => void;
}

/** A discrete-event scheduler: time jumps from event to event. Events at the same time run in the order they were asked for. */
export class VirtualTime implements Scheduler {
  #now = 0;
  /** Sorted, latest first, so that the next event is popped from the end. Few are ever open. */
  readonly #events: Event[] = [];
  readonly #onAdvance: (fromMs: number, toMs: number) => void;

  /** `onAdvance` sees every stretch of time in which nothing changes: what an integral over time needs. */
  constructor(onAdvance: (fromMs: number, toMs: number) => void = () => {}) {
    this.#onAdvance = onAdvance;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const event: Event = { at: this.#now + Math.max(0, delayMs), callback };
    let place = this.#events.length;
    while (place > 0 && (this.#events[place - 1]?.at ?? 0) <= event.at) place -= 1;
    this.#events.splice(place, 0, event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index >= 0) this.#events.splice(index, 1);
    };
  }

  /** Runs every event up to and including `untilMs` (default: until none is left) and leaves the clock there. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    for (
      let next = this.#events.at(-1);
      next !== undefined && next.at <= untilMs;
      next = this.#events.at(-1)
    ) {
      this.#events.pop();
      this.#advance(next.at);
      next.callback();
    }
    if (Number.isFinite(untilMs)) this.#advance(untilMs);
  }

  #advance(toMs: number): void {
    if (toMs <= this.#now) return;
    this.#onAdvance(this.#now, toMs);
    this.#now = toMs;
  }
}
