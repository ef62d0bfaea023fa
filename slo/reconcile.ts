import type { CountNote } from './reason.ts';
import type { Sample } from './sample.ts';
import type { Reconciliation, Spread } from './verdict.ts';

/** The client's counts of the answers of one replica; the key `''` stands for answers without a replica's name. */
export interface ClientCounts {
  requests: number;
  errors: number;
  cacheHits: number;
}

/** One counter's raw scrapes of one replica, in order of time: [milliseconds, value]. */
export interface CounterSeries {
  replica: string;
  /** `up` only says when the replica was scraped: a counter with labels has no series before its first event. */
  signal: Row['signal'] | 'up';
  points: readonly (readonly [number, number])[];
}

type Row = Reconciliation['rows'][number];
const signals = ['requests', 'errors', 'cacheHits'] as const;

/**
 * How much a counter rose between its first and last scrape: raw differences, with a drop read as a restart from zero
 * (what was counted between the last scrape before a restart and the restart is lost to any reader of scrapes).
 */
export function increase(
  points: CounterSeries['points'],
  firstScrape: number,
): { value: number; resets: number } {
  const first = points[0];
  // A labelled counter appears with its first event: before that, scrapes that lack it mean zero.
  let value = first !== undefined && first[0] > firstScrape ? first[1] : 0;
  let resets = 0;
  for (let at = 1; at < points.length; at++) {
    const [before, now] = [points[at - 1]?.[1] ?? 0, points[at]?.[1] ?? 0];
    if (now < before) resets++;
    value += now < before ? now : now - before;
  }
  return { value, resets };
}

/** Sums over all series of one replica and signal; undefined when the server has no such series. */
function serverCount(
  series: readonly CounterSeries[],
  replica: string,
  signal: Row['signal'],
): { value: number; resets: number } | undefined {
  const own = series.filter((one) => one.signal === signal && one.replica === replica);
  if (own.length === 0) return undefined;
  const scrapes = series
    .filter((one) => one.replica === replica)
    .flatMap((one) => one.points[0]?.[0] ?? []);
  const each = own.map((one) => increase(one.points, Math.min(...scrapes)));
  return {
    value: each.reduce((sum, one) => sum + one.value, 0),
    resets: each.reduce((sum, one) => sum + one.resets, 0),
  };
}

/**
 * Compares what each replica counted with what the client saw from it. Pure.
 * `equal`: nobody else loads the server, so the numbers agree to the request, give or take `open` requests (cut, timed out or
 * broken ones, which the server may or may not have counted). `server-at-least`: the server may have counted more.
 * A replica whose counter restarted, or that has no scrape, cannot be compared exactly: only then is less not held against it.
 */
export function reconcile(input: {
  profile: string;
  scenario: string;
  rule: Reconciliation['rule'];
  client: ReadonlyMap<string, ClientCounts>;
  series: readonly CounterSeries[];
  /** Requests that no answer came back for. */
  open: number;
  failure: CountNote | null;
}): Reconciliation {
  const { client, open, rule } = input;
  // On our own stack replica by replica; on a foreign server, whose replicas carry other names, all together.
  const series =
    rule === 'equal' ? input.series : input.series.map((one) => ({ ...one, replica: '' }));
  const notes: CountNote[] = [];
  const rows: Row[] = [];
  if (input.failure !== null) {
    return {
      profile: input.profile,
      scenario: input.scenario,
      rule,
      agrees: null,
      notes: [input.failure],
      rows,
    };
  }
  const unnamed = client.get('');
  if (unnamed !== undefined && rule === 'equal' && unnamed.requests > 0) {
    notes.push({ code: 'balancer-answers', requests: unnamed.requests });
  }
  let agrees = true;
  let compared = false;
  for (const [replica, counts] of rule === 'equal' ? named(client) : [total(client)]) {
    for (const signal of signals) {
      const server = serverCount(series, replica, signal);
      // A counter with labels has no series before its first event, so an absent one stands for zero.
      const value = server?.value ?? 0;
      rows.push({
        replica: replica === '' ? 'all' : replica,
        signal,
        client: counts[signal],
        server: server === undefined ? null : value,
      });
      if (server === undefined && rule === 'server-at-least') {
        notes.push({ code: 'no-counter', signal });
        continue;
      }
      compared = true;
      if (server !== undefined && server.resets > 0) {
        notes.push({ code: 'restarted', replica, times: server.resets });
        continue;
      }
      const tooFew = value < counts[signal];
      const tooMany = rule === 'equal' && value > counts[signal] + open;
      if (tooFew || tooMany) agrees = false;
    }
  }
  if (open > 0 && rule === 'equal') notes.push({ code: 'unanswered', requests: open });
  return {
    profile: input.profile,
    scenario: input.scenario,
    rule,
    agrees: compared ? agrees : null,
    notes,
    rows,
  };
}

function named(client: ReadonlyMap<string, ClientCounts>): [string, ClientCounts][] {
  return [...client].filter(([replica]) => replica !== '').sort(([a], [b]) => (a < b ? -1 : 1));
}

function total(client: ReadonlyMap<string, ClientCounts>): [string, ClientCounts] {
  const sum: ClientCounts = { requests: 0, errors: 0, cacheHits: 0 };
  for (const counts of client.values()) for (const signal of signals) sum[signal] += counts[signal];
  return ['', sum];
}

/** How a scenario's answers were spread over replicas, of which each is named with its profile's id. */
export function spreadOf(scenario: string, client: ReadonlyMap<string, ClientCounts>): Spread {
  const slash = scenario.indexOf('/');
  return {
    profile: scenario.slice(0, slash),
    scenario: scenario.slice(slash + 1),
    replicas: named(client).map(([replica, { requests, errors }]) => ({
      replica,
      answers: requests,
      errors,
    })),
    unnamed: client.get('')?.requests ?? 0,
  };
}

/** Counts the answers of each scenario and replica as samples stream by. Flat memory. */
export class AnswerCounts {
  readonly #scenarios = new Map<string, { client: Map<string, ClientCounts>; open: number }>();

  add(sample: Sample): void {
    const counts = this.of(sample.scenario);
    if (
      sample.status === 0 ||
      sample.outcome === 'cut' ||
      sample.outcome === 'timeout' ||
      sample.outcome === 'reset'
    ) {
      if (sample.outcome !== 'refused' && sample.outcome !== 'local') counts.open++;
      return;
    }
    const replica = sample.replica ?? '';
    let row = counts.client.get(replica);
    if (row === undefined) {
      row = { requests: 0, errors: 0, cacheHits: 0 };
      counts.client.set(replica, row);
    }
    row.requests++;
    if (sample.status >= 400) row.errors++;
    if (sample.cacheHit === true) row.cacheHits++;
  }

  of(scenario: string): { client: Map<string, ClientCounts>; open: number } {
    let counts = this.#scenarios.get(scenario);
    if (counts === undefined) {
      counts = { client: new Map(), open: 0 };
      this.#scenarios.set(scenario, counts);
    }
    return counts;
  }
}
