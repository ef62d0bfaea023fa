import { dialects } from '../slo/signals.ts';
import {
  type CounterSource,
  endingOn,
  type Fetch,
  identity,
  type MetricsUrl,
  metricNames,
  missing,
  type Reading,
  recordable,
  requestTimeoutMs,
  type Series,
  unreadable,
} from './counter-source.ts';
import { parseMetricsText } from './metrics-text.ts';
import { redactUrl } from './redact.ts';

/** What a metrics URL showed before the load. */
export interface FirstScrape extends Reading {
  at: number;
}

/** As Prometheus 3 asks: a service answers us as it answers Prometheus. */
const accept = [
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7',
  'application/openmetrics-text;version=0.0.1;q=0.6',
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5',
  'text/plain;version=0.0.4;q=0.4',
  '*/*;q=0.3',
].join(',');

/** Takes the counters before the load where nothing else remembers them. Never throws; ends at once when `signal` aborts. */
export async function scrapeFirst(
  source: CounterSource,
  fetch: Fetch,
  signal?: AbortSignal,
): Promise<FirstScrape | undefined> {
  if (source.kind !== 'metrics') return undefined;
  const at = Date.now();
  try {
    return { at, series: await scrape(source, endingOn(signal, fetch), at), failure: null };
  } catch (error) {
    return { at, ...unreadable(source, ' before the load', error) };
  }
}

/** The counters from a reading before the load to one now. */
export async function secondScrape(
  source: MetricsUrl,
  fetch: Fetch,
  before: FirstScrape | undefined,
): Promise<Reading> {
  const where = redactUrl(source.url);
  if (before === undefined)
    return {
      series: [],
      failure: `${where} was not read before the load, so its counts cannot be told apart`,
    };
  if (before.failure !== null) return { series: [], failure: before.failure };
  const after = await scrape(source, fetch, Date.now());
  const first = new Map(before.series.map((one) => [identity(one), one.points]));
  // A series that is new was at zero before.
  const series = after.map((one) => ({
    ...one,
    points: [...(first.get(identity(one)) ?? [zeroAt(before.at)]), ...one.points],
  }));
  const { requests } = dialects[source.dialect];
  const failure = series.some(({ metric }) => metric === requests)
    ? null
    : `${where} has ${missing(source)}`;
  return { series, failure };
}

async function scrape(source: MetricsUrl, fetch: Fetch, at: number): Promise<Series> {
  const response = await fetch(source.url, {
    signal: AbortSignal.timeout(requestTimeoutMs),
    headers: { ...source.headers, accept },
  });
  if (!response.ok)
    throw new Error(`it answered with status ${response.status}${leadingTo(response)}`);
  const text = await response.text();
  checkWhole(response.headers.get('content-type') ?? '', text);
  const samples = parseMetricsText(text, new Set(metricNames(source.dialect)));
  // Of a series that is there twice, Prometheus takes the first.
  const series = new Map(
    samples.toReversed().map(({ metric, labels, value }) => {
      const points: [number, number][] = [[at, value]];
      return [identity({ metric, labels }), { metric, labels, points }];
    }),
  );
  return recordable([...series.values()].toReversed(), source);
}

/** A redirect is not followed, as none of the load is. */
function leadingTo({ headers }: Response): string {
  const location = headers.get('location');
  return location === null ? '' : `, which leads to ${redactUrl(location)}`;
}

/** What begins as a page, or has no end where there must be one, would only look as if counters were missing. */
function checkWhole(type: string, text: string): void {
  if (/^text\/html/i.test(type)) throw new Error('it answered with a page of HTML');
  if (/^application\/openmetrics-text/i.test(type) && !/^# EOF\s*$/m.test(text))
    throw new Error('it breaks off: OpenMetrics ends with "# EOF"');
}

function zeroAt(at: number): [number, number] {
  return [at, 0];
}
