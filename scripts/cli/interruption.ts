import { takeSignals } from './command.ts';

/**
 * The same signal again within so short a time is the same Ctrl-C: a terminal sends it to all processes in its foreground, and npm, which is
 * one of them, hands it on to its script once more.
 */
const echoMs = 300;

/**
 * Aborts on the first signal that would end the process; the second is to end the process at once, and the watchdog clears up. Keeps the process
 * alive until it is disposed of: waiting for containers keeps no event loop alive, and Node would end in the middle of it.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #alive = setInterval(() => undefined, 60_000);
  readonly #signals: Disposable;
  readonly signal = this.#controller.signal;

  constructor(on: {
    first: (name: NodeJS.Signals) => void;
    second: (name: NodeJS.Signals) => never;
  }) {
    let last: { name: NodeJS.Signals; at: number } | undefined;
    this.#signals = takeSignals((name) => {
      // Nobody presses SIGHUP: a terminal that goes away says so, and its shell says so again.
      const isEcho =
        last?.name === name && (name === 'SIGHUP' || performance.now() - last.at < echoMs);
      last = { name, at: performance.now() };
      if (isEcho) return;
      if (this.signal.aborted) on.second(name);
      on.first(name);
      this.#controller.abort(new Error(`ended by ${name}`));
    });
  }

  /** Ends as the first signal does, for another reason. */
  end(reason: Error): void {
    this.#controller.abort(reason);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    this.#signals[Symbol.dispose]();
  }
}
