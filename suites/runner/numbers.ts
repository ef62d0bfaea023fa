/** Numbers of checks and exchanges, unique in a run. */
export class Numbers {
  #runs = 0;
  #exchanges = 0;

  readonly nextRun = (): number => this.#runs++;
  readonly nextExchange = (): number => this.#exchanges++;
}
