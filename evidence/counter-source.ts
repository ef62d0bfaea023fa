import { type DialectName, dialects, startTimes } from '../slo/signals.ts';
import { redactUrl } from './redact.ts';
import { isSelected, type Selector } from './selector.ts';
import type { SeriesFile } from './series.ts';

export type Series = SeriesFile['series'];

/** Without user and password in the URL, which are a header. */
export interface CounterAddress {
  url: string;
  /** Sent along; they may hold secrets. */
  headers?: Readonly<Record<string, string>>;
  /** Labels of the counters that are read; all where absent. */
  selector?: Selector;
}

export type PrometheusSource = {
  kind: 'prometheus';
  dialect: DialectName;
  /** Nobody else loads the service. */
  ours: boolean;
} & CounterAddress;

export type MetricsUrl = { kind: 'metrics'; dialect: DialectName } & CounterAddress;

/** Where the service's own counters can be read. */
export type CounterSource = PrometheusSource | MetricsUrl | { kind: 'none' };

/** Goes there as the load's client goes to the service. */
export type Fetch = typeof fetch;

/** What was read of a source, or why nothing was. */
export interface Reading {
  series: Series;
  /** Of a metrics URL: when it was read. */
  scrapes?: number[];
  failure: string | null;
}

export const requestTimeoutMs = 5000;

export function metricNames(dialect: DialectName): string[] {
  return [...counterNames(dialect), ...startTimes(dialect)];
}

function counterNames(dialect: DialectName): string[] {
  const { requests, errors, cacheHits } = dialects[dialect];
  return [requests, errors, cacheHits];
}

interface Wanted extends CounterAddress {
  dialect: DialectName;
}

/** What is recorded of what was read: the counters that are selected, and numbers alone. Throws a plain `Error` that names a counter which holds none. */
export function recordable(series: Series, { dialect, selector = {} }: Wanted): Series {
  const counters = counterNames(dialect);
  const selected = series.filter(
    ({ metric, labels }) => !counters.includes(metric) || isSelected(labels, selector),
  );
  return selected.map((one) => {
    const points = one.points.filter(([, value]) => Number.isFinite(value) && value >= 0);
    const odd = one.points.find((point) => !points.includes(point));
    if (odd !== undefined && counters.includes(one.metric))
      throw new Error(`${one.metric} is ${odd[1]}, which is no count`);
    return { ...one, points };
  });
}

/** The same for the same metric with the same labels. */
export function identity({ metric, labels }: Pick<Series[number], 'metric' | 'labels'>): string {
  return JSON.stringify([metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Why a source without the counter of requests is of no use. */
export function missing({ dialect, selector = {} }: Wanted): string {
  const labels = Object.entries(selector).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  const where = labels.length === 0 ? '' : ` with ${labels.join(', ')} (--selector)`;
  return `no metric ${dialects[dialect].requests}${where}`;
}

export function unreadable({ url }: CounterAddress, when: string, error: unknown): Reading {
  return {
    series: [],
    failure: `${redactUrl(url)} could not be read${when}: ${reason(error)}`,
  };
}

/** The library throws Prometheus's own answer, a plain object, as well as errors. */
function reason(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const cause: unknown = Reflect.get(error, 'cause');
  if (error instanceof TypeError && cause instanceof Error) return cause.message;
  return String(
    Reflect.get(error, 'error') ?? Reflect.get(error, 'message') ?? JSON.stringify(error),
  );
}

/** Gives up what is asked as soon as the signal aborts. */
export function endingOn(signal: AbortSignal | undefined, fetch: Fetch): Fetch {
  if (signal === undefined) return fetch;
  return (what, init) =>
    fetch(what, {
      ...init,
      signal: AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]),
    });
}
