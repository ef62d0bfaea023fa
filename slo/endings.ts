import type { RequestOutcome, Sample } from './sample.ts';
import type { Failures } from './verdict.ts';

/** Most texts of errors that are told apart; a client that says something new each time must not fill memory. */
const mostErrors = 32;
/** Statuses have three digits. */
const mostStatuses = 1000;

/** True for every ending but a good answer, and those of our own making: open when the client stopped, or never sent by our machine. */
export function isFailure(outcome: RequestOutcome): boolean {
  return outcome !== 'ok' && outcome !== 'cut' && outcome !== 'local';
}

/** One way in which requests ended, and how many did. */
export type Ending = Failures['causes'][number];

/** How the judged requests of a scenario ended, counted as samples stream by, in any order. Bounded memory. */
export class Endings {
  readonly #counts = new Map<string, Ending>();
  readonly #errors = new Set<string>();
  #judged = 0;

  add({ phase, outcome, status, error }: Sample): void {
    if (phase === 'warmup') return;
    this.#judged += 1;
    const told = Math.min(status, mostStatuses - 1);
    const cause = error === undefined ? undefined : this.#known(causeOf(error));
    const key = `${outcome} ${told} ${cause ?? ''}`;
    const known = this.#counts.get(key);
    if (known !== undefined) known.requests += 1;
    else
      this.#counts.set(key, {
        outcome,
        status: told,
        ...(cause === undefined ? {} : { error: cause }),
        requests: 1,
      });
  }

  /** The most frequent first. */
  list(): Ending[] {
    return [...this.#counts]
      .sort(([a, { requests: n }], [b, { requests: m }]) => m - n || (a < b ? -1 : 1))
      .map(([, ending]) => ending);
  }

  /** `scenario`: with its profile's id. */
  failures(scenario: string): Failures {
    const causes = this.list().filter(({ outcome }) => isFailure(outcome));
    const slash = scenario.indexOf('/');
    return {
      profile: scenario.slice(0, slash),
      scenario: scenario.slice(slash + 1),
      judged: this.#judged,
      failed: causes.reduce((sum, { requests }) => sum + requests, 0),
      causes,
    };
  }

  #known(cause: string): string {
    if (!this.#errors.has(cause) && this.#errors.size >= mostErrors) return 'others';
    this.#errors.add(cause);
    return cause;
  }
}

/** The error without what differs from one connection to the next, so that equal causes are counted together. */
function causeOf(error: string): string {
  return error
    .replaceAll(/(?:\[[\da-f:.%]+\]|\d{1,3}(?:\.\d{1,3}){3}):\d+(?:->)?/gi, '')
    .replaceAll(/ {2,}| (?=:)/g, (gap) => gap.slice(1));
}
