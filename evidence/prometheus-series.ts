import { setTimeout as delay } from 'node:timers/promises';
import { PrometheusDriver } from 'prometheus-query';
import { z } from 'zod';
import { dialects, processOf } from '../slo/signals.ts';
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
import { type FirstScrape, secondScrape } from './metrics-url.ts';
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
      ? secondScrape(source, go, request.before)
      : readPrometheus(source, go, request, asked, signal);
  const { series, failure } = await read().catch((error) => unreadable(source, '', error));
  return { ...facts, to: Date.now(), failure, series };
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
  const interval = source.ours ? longestInterval.ours : longestInterval.theirs;
  const withinMs = request.withinMs ?? interval;
  const deadline = asked + withinMs;
  for (;;) {
    const series = await rawSamples(driver, source, request.from, interval);
    const lacking = lackingIn(series, source, asked);
    if (lacking === undefined) return { series, failure: null };
    if (Date.now() >= deadline)
      return { series, failure: `${lacking} within ${withinMs / 1000} s after the last answer` };
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
  const { requests, startTime } = dialects[dialect];
  const counted = new Set(series.filter(({ metric }) => metric === requests).map(processOf));
  return series.filter(
    (one) => (one.metric !== 'up' && one.metric !== startTime) || counted.has(processOf(one)),
  );
}

function sinceLastBefore(points: [number, number][], from: number): [number, number][] {
  const first = points.findIndex(([at]) => at >= from);
  return first < 0 ? points.slice(-1) : points.slice(Math.max(0, first - 1));
}

/** What is still missing; undefined when every instance that is up was scraped after `asked`. One that is down has nothing to give. */
function lackingIn(series: Series, source: PrometheusSource, asked: number): string | undefined {
  const { requests } = dialects[source.dialect];
  if (!series.some(({ metric }) => metric === requests)) return `Prometheus has ${missing(source)}`;
  const behind = series
    .filter(({ metric, points }) => {
      const [at = 0, value = 0] = points.at(-1) ?? [];
      return metric === 'up' && value === 1 && at <= asked;
    })
    .map(({ labels }) => labels['instance'] ?? 'an instance');
  return behind.length === 0 ? undefined : `${behind.join(', ')} was not scraped`;
}
