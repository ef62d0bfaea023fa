import { type CounterSeries, increase, type Life, lifeOf } from './counter-increase.ts';
import type { CountNote } from './reason.ts';
import type { Sample } from './sample.ts';
import type { Reconciliation, Spread } from './verdict.ts';

/** The client's counts of the answers of one replica; the key `''` stands for answers without a replica's name. */
export interface ClientCounts {
  requests: number;
  errors: number;
  cacheHits: number;
}

type Row = Reconciliation['rows'][number];
const signals = ['requests', 'errors', 'cacheHits'] as const;

/** What one replica counted; on a foreign server, all of them together. */
interface Counted {
  /** By the name that notes call them: the processes' own replica or instance. */
  lives: [name: string, life: Life][];
  /** Undefined when there is no such series. */
  increases: Record<Row['signal'], number | undefined>;
}

function countedOf(series: readonly CounterSeries[], answeredBy: number | undefined): Counted {
  const processes = [...Map.groupBy(series, ({ process }) => process)];
  const lives = new Map(processes.map(([name, own]) => [name, lifeOf(own, answeredBy)]));
  const firstScrape = Math.min(...series.flatMap(({ points }) => points[0]?.[0] ?? []));
  const sum = (signal: Row['signal']) => {
    const own = series.filter((one) => one.signal === signal);
    if (own.length === 0) return undefined;
    const each = own.map(({ points, process }) =>
      increase(points, firstScrape, lives.get(process)?.restarts),
    );
    return each.reduce((total, one) => total + one, 0);
  };
  return {
    lives: processes.map(([name, own]) => [
      own[0]?.replica ?? name,
      lives.get(name) ?? lifeOf(own, answeredBy),
    ]),
    increases: { requests: sum('requests'), errors: sum('errors'), cacheHits: sum('cacheHits') },
  };
}

/** Why the counts of a process are not exact. */
function lifeNotes([replica, { restarts, gaps, ended, several }]: [string, Life]): CountNote[] {
  if (several !== null) return [{ code: 'several-processes', replica, seen: several }];
  const times = restarts.length;
  return [
    ...(times > 0 ? [{ code: 'restarted', replica, times } as const] : []),
    ...(gaps > 0 ? [{ code: 'unreachable', replica, times: gaps } as const] : []),
    ...(ended ? [{ code: 'ended', replica } as const] : []),
  ];
}

/**
 * Compares what each replica counted with what the client saw from it. Pure.
 * `equal`: nobody else loads the server, so the numbers agree to the request, give or take `open` requests (cut, timed out or
 * broken ones, which the server may or may not have counted). `server-at-least`: the server may have counted more.
 * What restarted or went away has a lower bound for a count, and scrapes of several processes in turn have none: then less is not
 * held against it. `agrees` is null when that leaves no count of requests to compare.
 */
export function reconcile(input: {
  profile: string;
  scenario: string;
  rule: Reconciliation['rule'];
  client: ReadonlyMap<string, ClientCounts>;
  series: readonly CounterSeries[];
  /** When the last answer was in, Unix milliseconds; unknown in older recordings. */
  answeredBy?: number | undefined;
  /** Requests that no answer came back for. */
  open: number;
  failure: CountNote | null;
}): Reconciliation {
  const { profile, scenario, client, open, rule, series, answeredBy, failure } = input;
  const facts = { profile, scenario, rule };
  if (failure !== null) return { ...facts, agrees: null, notes: [failure], rows: [] };
  const answers = total(client)[1].requests;
  if (answers === 0) return { ...facts, agrees: null, notes: [{ code: 'no-answers' }], rows: [] };
  const notes: CountNote[] = [];
  const unnamed = client.get('')?.requests ?? 0;
  if (unnamed > 0 && rule === 'equal') notes.push({ code: 'balancer-answers', requests: unnamed });
  const rows: Row[] = [];
  const verdicts: { signal: Row['signal']; agrees: boolean | null }[] = [];
  // On our own stack replica by replica; on a foreign server, whose replicas carry other names, all together.
  for (const [replica, counts] of rule === 'equal' ? named(client) : [total(client)]) {
    const own = rule === 'equal' ? series.filter((one) => one.replica === replica) : series;
    const { lives, increases } = countedOf(own, answeredBy);
    const told = lives.flatMap(lifeNotes);
    const isUnknown = told.some(({ code }) => code === 'several-processes');
    notes.push(...told);
    for (const signal of signals) {
      const server = isUnknown ? undefined : increases[signal];
      if (increases[signal] === undefined && rule === 'server-at-least')
        notes.push({ code: 'no-counter', signal });
      rows.push({
        replica: replica === '' ? 'all' : replica,
        signal,
        client: counts[signal],
        server: server ?? null,
      });
      // A counter with labels has no series before its first event, so on our own stack an absent one stands for zero.
      const isComparable = !isUnknown && (server !== undefined || rule === 'equal');
      const fits =
        isWithin(server ?? 0, counts[signal], rule === 'equal' ? open : undefined) &&
        (signal !== 'errors' || areErrorsOfRequests(counts, increases));
      const agrees = isComparable && (fits || told.length === 0) ? fits : null;
      verdicts.push({ signal, agrees });
    }
  }
  if (open > 0 && rule === 'equal') notes.push({ code: 'unanswered', requests: open });
  return { ...facts, agrees: together(verdicts), notes, rows };
}

/** Others may have loaded the server too: errors that the client did not see are of requests that it did not send. */
function areErrorsOfRequests(client: ClientCounts, server: Counted['increases']): boolean {
  if (server.requests === undefined || server.errors === undefined) return true;
  return server.errors - client.errors <= server.requests - client.requests;
}

/** `open`: how many more the server may have counted; undefined where any number. */
function isWithin(server: number, client: number, open: number | undefined): boolean {
  return server >= client && (open === undefined || server <= client + open);
}

function together(
  verdicts: readonly { signal: Row['signal']; agrees: boolean | null }[],
): boolean | null {
  if (verdicts.some(({ agrees }) => agrees === false)) return false;
  return verdicts.some(({ signal, agrees }) => signal === 'requests' && agrees) ? true : null;
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
