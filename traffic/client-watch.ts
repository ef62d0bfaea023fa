import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { ClientHealth } from '../slo/scenario-record.ts';

const everyMs = 100;
/** Timer resolution of the delay histogram; it counts this much even when the loop is idle. */
const resolutionMs = 10;

/** Watches this process while load flows: steps of the wall clock against the monotonic one, and delay of the event loop. */
export class ClientWatch implements Disposable {
  readonly #delays = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #timer: NodeJS.Timeout;
  #difference = Date.now() - performance.now();
  #jumpMs = 0;

  constructor() {
    this.#delays.enable();
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
  }

  /** What was seen so far. */
  get health(): Pick<ClientHealth, 'clockJumpMs' | 'loopLagP99Ms'> {
    this.#look();
    const p99 = this.#delays.count === 0 ? 0 : this.#delays.percentile(99) / 1e6 - resolutionMs;
    return { clockJumpMs: round(this.#jumpMs), loopLagP99Ms: round(Math.max(0, p99)) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#delays.disable();
  }

  #look(): void {
    const difference = Date.now() - performance.now();
    // The wall clock is read in whole milliseconds, so less than one is no step.
    const step = Math.abs(difference - this.#difference);
    if (step > 1) this.#jumpMs = Math.max(this.#jumpMs, step);
    this.#difference = difference;
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
