const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP; the second is to end the process at once, and the watchdog clears up. Keeps the process
 * alive until it is disposed of: waiting for containers keeps no event loop alive, and Node would end in the middle of it.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #alive = setInterval(() => undefined, 60_000);
  readonly #onSignal: (name: NodeJS.Signals) => void;
  readonly signal = this.#controller.signal;

  constructor(on: { first: (name: NodeJS.Signals) => void; second: (name: NodeJS.Signals) => never }) {
    this.#onSignal = (name) => {
      if (this.signal.aborted) on.second(name);
      on.first(name);
      this.#controller.abort(new Error(`ended by ${name}`));
    };
    for (const name of names) process.on(name, this.#onSignal);
  }

  /** Ends as the first signal does, for another reason. */
  end(reason: Error): void {
    this.#controller.abort(reason);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    for (const name of names) process.off(name, this.#onSignal);
  }
}
