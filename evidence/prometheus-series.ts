import { setTimeout as delay } from 'node:timers/promises';
import { PrometheusDriver } from 'prometheus-query';
import { z } from 'zod';
import { dialects, processOf, startTimes } from '../slo/signals.ts';
import {
  type CounterSource,
  endingOn,
  type Fetch,
  metricNames,
  missing,
  type PrometheusSource,
  type Reading,
  recordable,
  requestTimeoutMs,
  type Series,
  unreadable,
} from './counter-source.ts';
import { type FirstScrape, readingsWithinMs, scrapeAgain } from './metrics-url.ts';
import type { SeriesFile } from './series.ts';

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
const pollMs = 200;

/** The longest that `recordSeries` waits for the counters. */
export function scrapeWithinMs(source: Exclude<CounterSource, { kind: 'none' }>): number {
  if (source.kind === 'metrics') return readingsWithinMs + requestTimeoutMs;
  return source.ours ? longestInterval.ours : longestInterval.theirs;
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
  const read = () =>
    source.kind === 'metrics'
      ? scrapeAgain(source, go, request.before)
      : readPrometheus(source, go, request, asked, signal);
  const reading: Reading = await read().catch((error) => unreadable(source, '', error));
  return { ...facts, to: Date.now(), answeredBy: asked, ...reading };
}

async function readPrometheus(
  source: PrometheusSource,
  fetch: Fetch,
  request: SeriesRequest,
  asked: number,
  signal?: AbortSignal,
): Promise<Reading> {
  const { search, href } = new URL(source.url);
  const driver = new PrometheusDriver({
    endpoint: href.slice(0, href.length - search.length),
    timeout: requestTimeoutMs,
    headers: { ...source.headers },
    // The library's own client knows nothing of our proxies and authorities; and it gives a GET a body, which ours refuses.
    requestInterceptor: {
      onFulfilled: ({ data: _, ...config }) => ({
        ...config,
        url: `${config.url}${search}`,
        adapter: 'fetch',
        env: { ...config.env, fetch },
      }),
    },
  });
  const interval = scrapeWithinMs(source);
  const withinMs = request.withinMs ?? interval;
  const deadline = asked + withinMs;
  const { requests } = dialects[source.dialect];
  for (;;) {
    const series = await rawSamples(driver, source, request.from, interval);
    const isThere = series.some(({ metric }) => metric === requests);
    const { behind, scraped } = sinceThen(series, asked);
    if (isThere && behind.length === 0) return { series, failure: null };
    if (Date.now() >= deadline) {
      // Where others were scraped, these have gone or are scraped seldom: what they counted until then is a lower bound.
      if (isThere && scraped) return { series, failure: null };
      const lacking = isThere
        ? `${behind.join(', ')} was not scraped`
        : `Prometheus has ${missing(source)}`;
      return { series, failure: `${lacking} within ${withinMs / 1000} s after the last answer` };
    }
    await delay(pollMs);
    signal?.throwIfAborted();
  }
}

/** Raw samples since the last scrape before `from`. A range selector as an instant query gives them as they were stored. */
async function rawSamples(
  driver: PrometheusDriver,
  source: PrometheusSource,
  from: number,
  interval: number,
): Promise<Series> {
  const now = Date.now();
  const seconds = Math.max(1, Math.ceil((now - from + interval) / 1000));
  const { result } = await driver.instantQuery(
    `{__name__=~"${[...metricNames(source.dialect), 'up'].join('|')}"}[${seconds}s]`,
    now,
  );
  const counted = matrixSchema.parse(result).map(({ metric, values }) => ({
    metric: metric.name,
    labels: metric.labels,
    points: values.map(({ time, value }): [number, number] => [time.getTime(), value]),
  }));
  return ofTheCounted(recordable(counted, source), source).map((one) => ({
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

/** `up` and start times of what has the counters, and not of all else that Prometheus watches. */
function ofTheCounted(series: Series, { dialect }: PrometheusSource): Series {
  const { requests } = dialects[dialect];
  const ofProcesses = ['up', ...startTimes(dialect)];
  const counted = new Set(series.filter(({ metric }) => metric === requests).map(processOf));
  return series.filter((one) => !ofProcesses.includes(one.metric) || counted.has(processOf(one)));
}

function sinceLastBefore(points: [number, number][], from: number): [number, number][] {
  const first = points.findIndex(([at]) => at >= from);
  return first < 0 ? points.slice(-1) : points.slice(Math.max(0, first - 1));
}

/** Whom of those that are up Prometheus has not scraped after `asked`, and whether it has anybody. One that is down has nothing to give. */
function sinceThen(series: Series, asked: number): { behind: string[]; scraped: boolean } {
  const ups = series.flatMap(({ metric, labels, points }) => {
    const [at = 0, value = 0] = points.at(-1) ?? [];
    return metric === 'up' && value === 1
      ? [{ at, name: labels['instance'] ?? 'an instance' }]
      : [];
  });
  return {
    behind: ups.filter(({ at }) => at <= asked).map(({ name }) => name),
    scraped: ups.some(({ at }) => at > asked),
  };
}
