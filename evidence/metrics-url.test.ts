import { createServer } from 'node:http';
import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, test, vi } from 'vitest';
import { listenInTest } from '../machine/loopback.testing.ts';
import { fetchAs } from '../traffic/node-client.ts';
import { scrapeFirst } from './metrics-url.ts';
import { countOf, serve } from './prometheus-series.testing.ts';
import { recordSeries } from './prometheus-series.ts';
import type { SeriesFile } from './series.ts';

// Nobody here counts later than he answers, but where a test says so.
const pauses = vi.hoisted(() => ({ seen: 0 }));
vi.mock('node:timers/promises', () => ({ setTimeout: async () => void pauses.seen++ }));

/** A metrics URL that is read before a load and after it, with what each reading answers. */
async function readTwice(first: string, second: string, type?: string): Promise<SeriesFile> {
  let text = first;
  const url = await serve(() => text, 200, type);
  const source = { kind: 'metrics', url, dialect: 'reference' } as const;
  const before = await scrapeFirst(source, fetchAs({}));
  text = second;
  return recordSeries(source, fetchAs({}), { scenario: 'p/s', from: Date.now(), before });
}

describe('a plain metrics URL', () => {
  test('gives what was counted between the two scrapes, new series from zero', async () => {
    const registry = new Registry();
    const requests = new Counter({
      name: 'inference_requests_total',
      help: 'x',
      labelNames: ['status'],
      registers: [registry],
    });
    new Counter({ name: 'unrelated_total', help: 'x', registers: [registry] });
    const url = await serve(() => registry.metrics());
    requests.inc({ status: '200' }, 5);
    const source = { kind: 'metrics', url, dialect: 'reference' } as const;
    const from = Date.now();
    const before = await scrapeFirst(source, fetchAs({}));
    requests.inc({ status: '200' }, 3);
    requests.inc({ status: '500' }, 2);
    const file = await recordSeries(source, fetchAs({}), { scenario: 'p/s', from, before });
    expect(file).toMatchObject({ scenario: 'p/s', dialect: 'reference', from, failure: null });
    expect([countOf(file, '200'), countOf(file, '500')]).toEqual([3, 2]);
    expect(file.series.map(({ metric }) => metric)).not.toContain('unrelated_total');
  });

  test('that cannot be read, or was not read before, is recorded as a failure', async () => {
    const source = {
      kind: 'metrics',
      url: 'http://127.0.0.1:1/metrics',
      dialect: 'reference',
    } as const;
    const before = await scrapeFirst(source, fetchAs({}));
    expect(before?.failure).toContain('http://127.0.0.1:1/metrics');
    expect(
      (await recordSeries(source, fetchAs({}), { scenario: 'p/s', from: 0, before })).failure,
    ).toBe(before?.failure);
    expect(
      (await recordSeries(source, fetchAs({}), { scenario: 'p/s', from: 0 })).failure,
    ).toContain('before the load');
  });

  test.each([
    ['{}', 200, 'has no metric inference_requests_total'],
    ['some_metric 1', 200, 'has no metric inference_requests_total'],
    ['no', 503, 'status 503'],
  ])('that answers %j with %i is recorded as a failure', async (body, status, words) => {
    const source = {
      kind: 'metrics',
      url: await serve(() => body, status),
      dialect: 'reference',
    } as const;
    const before = await scrapeFirst(source, fetchAs({}));
    expect(
      (await recordSeries(source, fetchAs({}), { scenario: 'p/s', from: 0, before })).failure,
    ).toContain(words);
  });
});

describe('an exposition is read for what is needed of it', () => {
  const counted = (value: number) => `inference_requests_total{status="200"} ${value}`;

  test.each([
    ['an exemplar', 'other_total 3 # {trace_id="a"} 1 1520879607.789'],
    ['a quoted name', '{"other.metric","label.name"="x"} 1'],
    ['a timestamp in seconds', 'other 1 1520879607.789'],
    ['a native histogram', 'other {count:1,sum:2,schema:0} st@1.5'],
    ['a value that is none', 'other one'],
    ['labels that do not end', 'other{a="b'],
    ['no metric', '<html>'],
    ['half a line', 'oth'],
    ['a comment of no format', '#!/x "'],
  ])('%s of another metric is skipped', async (_, line) => {
    const file = await readTwice(
      [line, counted(5), line].join('\n'),
      [line, counted(8), line].join('\n'),
    );
    expect(file.failure).toBeNull();
    expect(countOf(file, '200')).toBe(3);
  });

  test.each([
    ['its value', 'inference_requests_total{status="200"} five'],
    ['its labels', 'inference_requests_total{status="200} 5'],
    ['a number that is no count', 'inference_requests_total{status="200"} NaN'],
    ['a negative count', 'inference_requests_total{status="200"} -1'],
    ['no value', 'inference_requests_total'],
  ])('a needed metric with a mistake in %s is named', async (_, line) => {
    const { failure } = await readTwice(`a 1\n${line}\n`, `a 1\n${line}\n`);
    expect(failure).toMatch(
      /line 2 .* inference_requests_total:|inference_requests_total .*no count/,
    );
  });

  test.each([
    ['an exemplar', `${counted(8)} # {trace_id="}#"} 1 1520879607.789`],
    ['a timestamp', `${counted(8)} 1395066363000`],
    ['a timestamp in seconds', `${counted(8)} 1395066363.25`],
    ['its name quoted', '{"inference_requests_total",status="200"} 8'],
    ['a label quoted', 'inference_requests_total{status="200","a.b"="} # 1"} 8'],
    ['a number with an exponent', 'inference_requests_total{status="200"} 8e0'],
    ['itself once more, which Prometheus does not count either', `${counted(8)}\n${counted(8)}`],
  ])('a needed metric is read with %s', async (_, line) => {
    const file = await readTwice('', `${line}\n`);
    expect(file.failure).toBeNull();
    expect(countOf(file, '200')).toBe(8);
    expect(file.series.filter(({ metric }) => metric === 'inference_requests_total')).toHaveLength(
      1,
    );
  });

  const labels = { status: '200', model: 'a "b", c\\d}\n# ' };
  const names = { name: 'inference_requests_total', help: 'x' };

  test('what a client library writes as text is read', async () => {
    const registry = new Registry();
    const labelNames = ['status', 'model'] as const;
    const requests = new Counter({ ...names, labelNames, registers: [registry] });
    requests.inc(labels, 5);
    const before = await registry.metrics();
    requests.inc(labels, 3);
    const file = await readTwice(before, await registry.metrics(), registry.contentType);
    expect(file.failure).toBeNull();
    expect(countOf(file, '200')).toBe(3);
    expect(file.series[0]?.labels).toEqual(labels);
  });

  test('what a client library writes as OpenMetrics is read, with exemplars', async () => {
    const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const common = { registers: [registry], enableExemplars: true };
    const labelNames = ['status', 'model', 'trace_id'] as const;
    const exemplarLabels = { trace_id: '1 } {' };
    const requests = new Counter({ ...names, ...common, labelNames });
    const times = new Histogram({ name: 'seconds', help: 'x', ...common, labelNames });
    requests.inc({ labels, value: 5, exemplarLabels });
    times.observe({ labels, value: 1, exemplarLabels });
    const before = await registry.metrics();
    expect(before).toMatch(/^inference_requests_total\{.*# \{trace_id="1 } \{"\} 5 /m);
    requests.inc({ labels, value: 3, exemplarLabels });
    const file = await readTwice(before, await registry.metrics(), registry.contentType);
    expect(file.failure).toBeNull();
    expect(countOf(file, '200')).toBe(3);
    expect(file.series[0]?.labels).toEqual(labels);
  });

  test('OpenMetrics that breaks off is refused', async () => {
    const type = Registry.OPENMETRICS_CONTENT_TYPE;
    const { failure } = await readTwice(`${counted(5)}\n`, `${counted(5)}\n`, type);
    expect(failure).toContain('# EOF');
  });

  test('both formats are asked for, as Prometheus asks', async () => {
    let accept: string | undefined;
    const server = createServer((request, response) => {
      accept = request.headers.accept;
      response.end();
    });
    const url = `http://${await listenInTest(server)}`;
    await scrapeFirst({ kind: 'metrics', url, dialect: 'reference' }, fetchAs({}));
    for (const format of [
      'application/openmetrics-text;version=1.0.0',
      'text/plain;version=1.0.0',
      'text/plain;version=0.0.4',
    ])
      expect(accept).toContain(format);
  });
});

test('several processes that answer in turn show in the readings, before the load and after it', async () => {
  let asked = 0;
  const url = await serve(() => {
    const [start, value] = asked++ % 2 === 0 ? [7, 100] : [9, 40];
    return `inference_requests_total ${value}\nprocess_start_time_seconds ${start}\n`;
  });
  const source = { kind: 'metrics', url, dialect: 'reference' } as const;
  const before = await scrapeFirst(source, fetchAs({}));
  const file = await recordSeries(source, fetchAs({}), { scenario: 'p/s', from: 0, before });
  const [requests, starts] = file.series.map(({ points }) => points);
  expect(file.scrapes).toEqual(requests?.map(([at]) => at));
  expect(requests?.map(([, value]) => value)).toEqual(
    Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? 100 : 40)),
  );
  expect(starts).toHaveLength(10);
  expect(new Set(file.scrapes).size).toBe(10);
  expect(file.answeredBy).toBeLessThan(file.scrapes?.at(-1) ?? 0);
});

test('what is counted later than answered is waited for', async () => {
  pauses.seen = 0;
  const url = await serve(() => `inference_requests_total ${pauses.seen < 3 ? 90 : 100}\n`);
  const source = { kind: 'metrics', url, dialect: 'reference' } as const;
  const before = await scrapeFirst(source, fetchAs({}));
  expect(pauses.seen).toBe(0);
  const file = await recordSeries(source, fetchAs({}), { scenario: 'p/s', from: 0, before });
  expect(file.series[0]?.points.at(-1)?.[1]).toBe(100);
});

test('a redirect is said with where it leads', async () => {
  const server = createServer((_, response) => {
    response.writeHead(307, { location: '/metrics/?key=hunter2' }).end();
  });
  const url = `http://${await listenInTest(server)}/metrics`;
  const { failure } =
    (await scrapeFirst({ kind: 'metrics', url, dialect: 'reference' }, fetchAs({}))) ?? {};
  expect(failure).toMatch(/status 307, which leads to .*\/metrics\/\?key=redacted$/);
});
