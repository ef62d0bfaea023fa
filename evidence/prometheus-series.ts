import { setTimeout as delay } from 'node:timers/promises';
import { PrometheusDriver } from 'prometheus-query';
import { z } from 'zod';
import { type DialectName, dialects } from '../slo/signals.ts';
import { parseMetricsText } from './metrics-text.ts';
import { redactUrl } from './redact.ts';
import type { SeriesFile } from './series.ts';

type Series = SeriesFile['series'];

/** Without user and password in the URL; the header that stands for them may hold a secret. */
export interface CounterAddress {
  url: string;
  authorization?: string;
}

/** Where the service's own counters can be read. */
export type CounterSource =
  | ({
      kind: 'prometheus';
      dialect: DialectName /** Nobody else loads the service. */;
      ours: boolean;
    } & CounterAddress)
  | ({ kind: 'metrics'; dialect: DialectName } & CounterAddress)
  | { kind: 'none' };

/** Goes there as the load's client goes to the service. */
type Fetch = typeof fetch;

/** What a metrics URL showed before the load. */
export interface FirstScrape {
  at: number;
  series: Series;
  failure: string | null;
}

interface SeriesRequest {
  scenario: string;
  /** Unix milliseconds at which the scenario began. */
  from: number;
  /** Needed for a plain metrics URL, which has no memory: from `scrapeFirst`. */
  before?: FirstScrape | undefined;
  /** How long a scrape after the last answer is waited for: by default 10 s, 65 s with a Prometheus that is not ours. */
  withinMs?: number;
}

/** Our Prometheus scrapes every second; others as rarely as once a minute. */
const longestInterval = { ours: 10_000, theirs: 65_000 };
const requestTimeoutMs = 5000;
const pollMs = 200;

/** Takes the counters before the load where nothing else remembers them. Never throws; ends at once when `signal` aborts. */
export async function scrapeFirst(
  source: CounterSource,
  fetch: Fetch,
  signal?: AbortSignal,
): Promise<FirstScrape | undefined> {
  if (source.kind !== 'metrics') return undefined;
  const at = Date.now();
  try {
    return { at, series: await scrape(source, endingOn(signal, fetch)), failure: null };
  } catch (error) {
    return {
      at,
      series: [],
      failure: `${redactUrl(source.url)} could not be read before the load: ${reason(error)}`,
    };
  }
}

/**
 * The service's own counters over a scenario, as raw scrapes: from the last one before it began to one after now, so call it when the
 * last answer is in. Never throws: what went wrong is `failure`, also that `signal` aborted. `up` is recorded too, since a counter with labels has no series
 * before its first event, and only `up` tells when it was scraped.
 */
export async function recordSeries(
  source: Exclude<CounterSource, { kind: 'none' }>,
  fetch: Fetch,
  request: SeriesRequest,
  signal?: AbortSignal,
): Promise<SeriesFile> {
  const { scenario, from } = request;
  const asked = Date.now();
  const go = endingOn(signal, fetch);
  const facts = { scenario, dialect: source.dialect, from };
  try {
    const { series, failure } =
      source.kind === 'metrics'
        ? await secondScrape(source, go, request)
        : await readPrometheus(source, go, request, asked, signal);
    return { ...facts, to: Date.now(), failure, series };
  } catch (error) {
    return {
      ...facts,
      to: Date.now(),
      failure: `${redactUrl(source.url)} could not be read: ${reason(error)}`,
      series: [],
    };
  }
}

/** Gives up what is asked as soon as the signal aborts. */
function endingOn(signal: AbortSignal | undefined, fetch: Fetch): Fetch {
  if (signal === undefined) return fetch;
  return (what, init) =>
    fetch(what, {
      ...init,
      signal: AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]),
    });
}

interface Outcome {
  series: Series;
  failure: string | null;
}

async function secondScrape(
  source: CounterSource & { kind: 'metrics' },
  fetch: Fetch,
  { before }: SeriesRequest,
): Promise<Outcome> {
  const where = redactUrl(source.url);
  if (before === undefined)
    return {
      series: [],
      failure: `${where} was not read before the load, so its counts cannot be told apart`,
    };
  if (before.failure !== null) return { series: [], failure: before.failure };
  const at = Date.now();
  const after = await scrape(source, fetch, at);
  const first = new Map(before.series.map((one) => [identity(one), one.points]));
  // A series that is new was at zero before.
  const series = after.map((one) => ({
    ...one,
    points: [...(first.get(identity(one)) ?? [zeroAt(before.at)]), ...one.points],
  }));
  const failure = series.some(({ metric }) => metric === dialects[source.dialect].requests)
    ? null
    : `${where} has no metric ${dialects[source.dialect].requests}`;
  return { series, failure };
}

async function scrape(
  source: CounterSource & { kind: 'metrics' },
  fetch: Fetch,
  at = Date.now(),
): Promise<Series> {
  const response = await fetch(source.url, {
    signal: AbortSignal.timeout(requestTimeoutMs),
    headers: { accept: 'text/plain;version=0.0.4', ...authorizationOf(source) },
  });
  if (!response.ok) throw new Error(`it answered with status ${response.status}`);
  const wanted = metricNames(source.dialect);
  return parseMetricsText(await response.text())
    .filter(({ metric }) => wanted.includes(metric))
    .map(({ metric, labels, value }) => ({ metric, labels, points: [[at, value]] }));
}

async function readPrometheus(
  source: CounterSource & { kind: 'prometheus' },
  fetch: Fetch,
  request: SeriesRequest,
  asked: number,
  signal?: AbortSignal,
): Promise<Outcome> {
  const driver = new PrometheusDriver({
    endpoint: source.url,
    timeout: requestTimeoutMs,
    headers: authorizationOf(source),
    // The library's own client knows nothing of our proxies and authorities; and it gives a GET a body, which ours refuses.
    requestInterceptor: {
      onFulfilled: ({ data: _, ...config }) => ({
        ...config,
        adapter: 'fetch',
        env: { ...config.env, fetch },
      }),
    },
  });
  const interval = source.ours ? longestInterval.ours : longestInterval.theirs;
  const withinMs = request.withinMs ?? interval;
  const deadline = asked + withinMs;
  for (;;) {
    const series = await rawSamples(driver, source.dialect, request.from, interval);
    const missing = instancesBehind(series, dialects[source.dialect].requests, asked);
    if (missing === undefined) return { series, failure: null };
    if (Date.now() >= deadline)
      return { series, failure: `${missing} within ${withinMs / 1000} s after the last answer` };
    await delay(pollMs);
    signal?.throwIfAborted();
  }
}

function authorizationOf({ authorization }: CounterAddress): Record<string, string> {
  return authorization === undefined ? {} : { authorization };
}

/** Raw samples since the last scrape before `from`. A range selector as an instant query gives them as they were stored. */
async function rawSamples(
  driver: PrometheusDriver,
  dialect: DialectName,
  from: number,
  interval: number,
): Promise<Series> {
  const now = Date.now();
  const seconds = Math.max(1, Math.ceil((now - from + interval) / 1000));
  const { result } = await driver.instantQuery(
    `{__name__=~"${[...metricNames(dialect), 'up'].join('|')}"}[${seconds}s]`,
    now,
  );
  const counted = matrixSchema.parse(result).map(({ metric, values }) => ({
    metric: metric.name,
    labels: metric.labels,
    points: values.map(({ time, value }): [number, number] => [time.getTime(), value]),
  }));
  return withTheirUp(counted, dialects[dialect].requests).map((one) => ({
    ...one,
    points: sinceLastBefore(one.points, from),
  }));
}

const matrixSchema = z.array(
  z.object({
    metric: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }),
    values: z.array(z.object({ time: z.date(), value: z.number() })),
  }),
);

/** `up` of the instances that have the counters, and not of all else that Prometheus watches. */
function withTheirUp(series: Series, requests: string): Series {
  const instances = new Set(
    series.filter(({ metric }) => metric === requests).map(({ labels }) => labels['instance']),
  );
  return series.filter(
    ({ metric, labels }) => metric !== 'up' || instances.has(labels['instance']),
  );
}

function sinceLastBefore(points: [number, number][], from: number): [number, number][] {
  const first = points.findIndex(([at]) => at >= from);
  return first < 0 ? points.slice(-1) : points.slice(Math.max(0, first - 1));
}

/** What is still missing; undefined when every instance that is up was scraped after `asked`. One that is down has nothing to give. */
function instancesBehind(series: Series, requests: string, asked: number): string | undefined {
  if (!series.some(({ metric }) => metric === requests))
    return `Prometheus has no metric ${requests}`;
  const behind = series
    .filter(({ metric, points }) => {
      const [at = 0, value = 0] = points.at(-1) ?? [];
      return metric === 'up' && value === 1 && at <= asked;
    })
    .map(({ labels }) => labels['instance'] ?? 'an instance');
  return behind.length === 0 ? undefined : `${behind.join(', ')} was not scraped`;
}

function metricNames(dialect: DialectName): string[] {
  const { requests, errors, cacheHits, startTime } = dialects[dialect];
  return [requests, errors, cacheHits, startTime];
}

function identity({ metric, labels }: Series[number]): string {
  return JSON.stringify([metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function zeroAt(at: number): [number, number] {
  return [at, 0];
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
