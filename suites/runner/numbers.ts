/** Numbers of checks, exchanges and stacks, unique in a run. */
export class Numbers {
  #runs = 0;
  #exchanges = 0;
  #stacks = 0;

  readonly nextRun = (): number => this.#runs++;
  /** From 1. */
  readonly nextStack = (): number => ++this.#stacks;
  readonly nextExchange = (): number => this.#exchanges++;
}
