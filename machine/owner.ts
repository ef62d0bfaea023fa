/** Who answers for what is started: whatever carries these marks is found again, and ended, when this process dies. */
export interface Owner {
  /** For the environment of every child. */
  readonly env: Readonly<Record<string, string>>;
  /** For every container, network and volume. */
  readonly labels: Readonly<Record<string, string>>;
  /** Has a child, started with `detached: true`, ended together with its group. Called as soon as it has a process number. */
  adopt(pid: number): void;
}

/** For what ends with the process that started it, as its own pipes close. */
export const nobody: Owner = { env: {}, labels: {}, adopt: () => undefined };
