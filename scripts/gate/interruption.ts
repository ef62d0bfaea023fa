/** Aborts on the first SIGINT, SIGTERM or SIGHUP; the second one ends the process at once, and the watchdog clears up. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSignal: (name: NodeJS.Signals) => void;
  static readonly #names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

  constructor(say: (line: string) => void) {
    this.#onSignal = (name) => {
      if (this.#controller.signal.aborted) {
        process.stderr.write(`${name} again: ending at once; npm run judge reports from what was recorded\n`);
        process.exit(130);
      }
      say(`${name}: ending, with a report of what was recorded (again to end at once)`);
      this.#controller.abort(name);
    };
    for (const name of Interruption.#names) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The work's result, or a rejection as soon as the run is interrupted, whatever the work still does. */
  race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  [Symbol.dispose](): void {
    for (const name of Interruption.#names) process.off(name, this.#onSignal);
  }
}
