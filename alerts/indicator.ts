import type { Dialect, Row } from '../dialects/dialect.ts';
import { isLack, rowsOf } from '../dialects/dialect.ts';
import type { Signal } from '../dialects/signals.ts';
import type { Objective } from '../slo/profile.ts';
import { histogram, risen, type Scope } from './promql.ts';

/** The kinds of server that a service is watched through. A balancer and GPUs may have names of their own. */
export interface Watched {
  readonly server: Dialect;
  readonly balancer?: Dialect;
  readonly gpu?: Dialect;
}

export interface Scopes {
  readonly server: Scope;
  readonly balancer: Scope;
  readonly gpu: Scope;
}

/** What an objective counts, as expressions over a window. */
export interface Indicator {
  readonly total: string;
  readonly bad: string;
  /** What it leaves out or counts otherwise than clients do. */
  readonly note?: string;
}

/** Why there is none: no such signal, or none that serves. */
export interface NoIndicator {
  readonly why: string;
  /** True where the profile asks for what the server can never show: it has to be mended, not left out. */
  readonly isMistake: boolean;
}

/** The counts of an objective over one window, by the metrics of a service; or why they cannot be had. */
export function indicatorOf(
  objective: Objective,
  model: string,
  watched: Watched,
  scopes: Scopes,
  range: string,
): Indicator | NoIndicator {
  const { server } = watched;
  const asked: Asked = { dialect: server, model, scope: scopes.server, range };
  switch (objective.indicator) {
    case 'latency':
      return latency(objective.limitMs / 1000, asked);
    case 'cache-misses':
      return cacheMisses(asked);
    case 'wrong-answers':
    case 'failures':
      return failures(asked, watched, scopes);
    case 'unavailability':
      return ofBalancer(watched, scopes, range);
    case 'throughput':
      return { why: 'a rate has no error budget', isMistake: false };
  }
}

/** What a server is asked: of one model, where its series tell models apart. */
interface Asked {
  readonly dialect: Dialect;
  readonly model: string;
  readonly scope: Scope;
  readonly range: string;
}

function rowsFor({ dialect, model }: Asked, signal: Signal): readonly Row[] {
  const label = dialect.modelLabel;
  return rowsOf(dialect, signal).map((row) =>
    label !== undefined && row.labels.includes(label)
      ? { ...row, where: [...(row.where ?? []), [label, '=', model] as const] }
      : row,
  );
}

function latency(limit: number, asked: Asked): Indicator | NoIndicator {
  const { dialect, scope, range } = asked;
  const [row] = rowsFor(asked, 'duration');
  if (row === undefined) return lacking(dialect, 'duration');
  if (row.kind !== 'histogram' || row.unit !== 'seconds')
    return { why: `${row.metric} is no histogram of seconds`, isMistake: false };
  const { edges = [], note } = row;
  if (!edges.includes(limit))
    return {
      why: `${limit} s is no edge of ${row.metric}, whose edges are ${edges.join(', ')}: set the limit to one of them, or give the histogram this edge`,
      isMistake: true,
    };
  const { total, within } = histogram(dialect, row, scope, range);
  return { total, bad: `(${total})\n-\n(${within(limit)})`, ...(note !== undefined && { note }) };
}

function cacheMisses(asked: Asked): Indicator | NoIndicator {
  const { dialect, scope, range } = asked;
  const [lookups, hits] = [rowsFor(asked, 'cacheLookups'), rowsFor(asked, 'cacheHits')];
  if (lookups.length === 0 || hits.length === 0) return lacking(dialect, 'cacheLookups');
  const total = risen(dialect, lookups, scope, range);
  return { total, bad: `(${total})\n-\n(${risen(dialect, hits, scope, range)})` };
}

/** By the server's own word; where it counts no errors, by the balancer's. */
function failures(asked: Asked, watched: Watched, scopes: Scopes): Indicator | NoIndicator {
  const { dialect, scope, range } = asked;
  const [requests, errors] = [rowsFor(asked, 'requests'), rowsFor(asked, 'errors')];
  if (requests.length === 0 || errors.length === 0) {
    const balanced = ofBalancer(watched, scopes, range);
    return 'why' in balanced ? lacking(dialect, 'errors') : balanced;
  }
  const total = risen(dialect, requests, scope, range);
  return { total, bad: `(${risen(dialect, errors, scope, range)})\nor\n0 * (${total})` };
}

function ofBalancer({ balancer }: Watched, scopes: Scopes, range: string) {
  if (balancer === undefined)
    return { why: 'only a balancer sees it, and no balancer is watched', isMistake: false };
  const [requests, errors] = [
    rowsOf(balancer, 'balancerRequests'),
    rowsOf(balancer, 'balancerErrors'),
  ];
  if (requests.length === 0 || errors.length === 0) return lacking(balancer, 'balancerErrors');
  return {
    total: risen(balancer, requests, scopes.balancer, range),
    bad: risen(balancer, errors, scopes.balancer, range),
    note: 'as the balancer saw it: every status of 500 or more',
  };
}

function lacking(dialect: Dialect, signal: Signal): NoIndicator {
  const shown = dialect.rows[signal];
  const why = shown !== undefined && isLack(shown) ? shown.lacks : 'it has no metric of it';
  return { why: `${dialect.title} shows no ${signal}: ${why}`, isMistake: false };
}
