const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborts on the first SIGINT, SIGTERM or SIGHUP; the second one ends the process at once, and the watchdog clears up. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSignal: (name: NodeJS.Signals) => void;
  readonly signal = this.#controller.signal;

  constructor(say: (line: string) => void) {
    this.#onSignal = (name) => {
      if (this.signal.aborted) {
        process.stderr.write(`${name} again: ending at once; npm run judge reports from what was recorded\n`);
        process.exit(130);
      }
      say(`${name}: ending, with a report of what was recorded (again to end at once)`);
      this.#controller.abort(new Error(`ended by ${name}`));
    };
    for (const name of names) process.on(name, this.#onSignal);
  }

  [Symbol.dispose](): void {
    for (const name of names) process.off(name, this.#onSignal);
  }
}
