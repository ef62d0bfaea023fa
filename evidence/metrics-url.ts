import { setTimeout as delay } from 'node:timers/promises';
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
export interface FirstScrape {
  scrapes: Scrape[];
  failure: string | null;
}

interface Scrape {
  at: number;
  series: Series;
}

/**
 * It is read so often before and after the load, on new connections: where several processes answer in turn, each with counts of its own,
 * that shows. No more are begun after so long.
 */
const readings = 5;
export const readingsWithinMs = 2000;
/** Between those after the load: a service may count a little later than it answers. */
const settlingMs = 400;

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
  try {
    return {
      scrapes: await scrapeSome(source, endingOn(signal, fetch), { after: 0 }),
      failure: null,
    };
  } catch (error) {
    return { scrapes: [], failure: unreadable(source, ' before the load', error).failure };
  }
}

/** The counters from readings before the load to some now. */
export async function scrapeAgain(
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
  // Later than the last answer, be it within this very millisecond.
  const after = await scrapeSome(source, fetch, { after: Date.now(), pauseMs: settlingMs });
  const scrapes = [...before.scrapes, ...after];
  const series = joined(scrapes);
  const { requests } = dialects[source.dialect];
  const failure = series.some(({ metric }) => metric === requests)
    ? null
    : `${where} has ${missing(source)}`;
  return { series, scrapes: scrapes.map(({ at }) => at), failure };
}

/** One reading at least, at times later than `after`. Rejects when the first one fails. */
async function scrapeSome(
  source: MetricsUrl,
  fetch: Fetch,
  { after, pauseMs = 0 }: { after: number; pauseMs?: number },
): Promise<Scrape[]> {
  const scrapes: Scrape[] = [];
  const began = performance.now();
  while (scrapes.length < readings && performance.now() - began < readingsWithinMs) {
    if (scrapes.length > 0 && pauseMs > 0) await delay(pauseMs);
    const at = Math.max(Date.now(), (scrapes.at(-1)?.at ?? after) + 1);
    scrapes.push({ at, series: await scrape(source, fetch, at) });
  }
  return scrapes;
}

/** Each series once, with its points of all readings. */
function joined(scrapes: readonly Scrape[]): Series {
  const series = new Map<string, Series[number]>();
  for (const one of scrapes.flatMap((scrape) => scrape.series)) {
    const known = series.get(identity(one));
    series.set(identity(one), { ...one, points: [...(known?.points ?? []), ...one.points] });
  }
  return [...series.values()];
}

async function scrape(source: MetricsUrl, fetch: Fetch, at: number): Promise<Series> {
  const response = await fetch(source.url, {
    signal: AbortSignal.timeout(requestTimeoutMs),
    headers: { ...source.headers, accept },
  });
  if (!response.ok)
    throw new Error(`it answered with status ${response.status}${leadingTo(response, source.url)}`);
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
function leadingTo({ headers }: Response, url: string): string {
  const location = headers.get('location');
  if (location === null || !URL.canParse(location, url)) return '';
  return `, which leads to ${redactUrl(new URL(location, url).href)}`;
}

/** What begins as a page, or has no end where there must be one, would only look as if counters were missing. */
function checkWhole(type: string, text: string): void {
  if (/^text\/html/i.test(type)) throw new Error('it answered with a page of HTML');
  if (/^application\/openmetrics-text/i.test(type) && !/^# EOF\s*$/m.test(text))
    throw new Error('it breaks off: OpenMetrics ends with "# EOF"');
}
