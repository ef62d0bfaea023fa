import { createServer } from 'node:http';
import { Counter, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { listenInTest } from '../machine/loopback.testing.ts';
import { fetchAs } from '../traffic/node-client.ts';
import { countOf } from './prometheus-series.testing.ts';
import { recordSeries, scrapeFirst } from './prometheus-series.ts';

async function serve(body: () => Promise<string> | string, status = 200): Promise<string> {
  const server = createServer((_, response) => {
    void Promise.resolve(body()).then((text) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(text),
    );
  });
  return `http://${await listenInTest(server)}`;
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
    ['{}', 200, 'not a line of metrics'],
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

describe('a run that is ended', () => {
  const silent = () => serve(() => new Promise<string>(() => undefined));

  test('waits for no answer: neither before the load nor after it', async () => {
    const stop = new AbortController();
    const source = { kind: 'metrics', url: await silent(), dialect: 'reference' } as const;
    const first = scrapeFirst(source, fetchAs({}), stop.signal);
    stop.abort(new Error('ended by SIGTERM'));
    expect((await first)?.failure).toContain('ended by SIGTERM');
    const { failure } = await recordSeries(
      { kind: 'prometheus', url: source.url, dialect: 'reference', ours: false },
      fetchAs({}),
      { scenario: 'p/s', from: Date.now() },
      stop.signal,
    );
    expect(failure).toContain('ended by SIGTERM');
  });

  test('does not wait for a metric that is not there', async () => {
    const url = await serve(
      () => '{"status":"success","data":{"resultType":"matrix","result":[]}}',
    );
    const stop = new AbortController();
    const asked = recordSeries(
      { kind: 'prometheus', url, dialect: 'reference', ours: false },
      fetchAs({}),
      { scenario: 'p/s', from: Date.now() },
      stop.signal,
    );
    setTimeout(() => stop.abort(new Error('ended by SIGTERM')), 300);
    expect((await asked).failure).toContain('ended by SIGTERM');
  });
});

describe('Prometheus', () => {
  const requests = {
    metric: { __name__: 'inference_requests_total', instance: 'a:1', status: '200' },
    values: [[1, '5']],
  };
  const up = (value: string) => ({
    metric: { __name__: 'up', instance: 'a:1' },
    values: [[1, value]],
  });
  const matrix = (...result: object[]) =>
    JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

  test.each([
    ['nothing', matrix(), 200, 'has no metric inference_requests_total'],
    [
      'no scrape after the last answer',
      matrix(requests, up('1')),
      200,
      'a:1 was not scraped within 0 s',
    ],
    [
      'a refusal',
      '{"status":"error","errorType":"bad_data","error":"parse error"}',
      400,
      'parse error',
    ],
    ['something else', '<html>', 200, 'could not be read'],
  ])('that has %s is recorded as a failure', async (_, body, status, words) => {
    const source = {
      kind: 'prometheus',
      url: await serve(() => body, status),
      dialect: 'reference',
      ours: true,
    } as const;
    expect(
      (await recordSeries(source, fetchAs({}), { scenario: 'p/s', from: Date.now(), withinMs: 0 }))
        .failure,
    ).toContain(words);
  });

  test('that is gone is recorded as a failure', async () => {
    const source = {
      kind: 'prometheus',
      url: 'http://127.0.0.1:1',
      dialect: 'reference',
      ours: true,
    } as const;
    expect(
      (await recordSeries(source, fetchAs({}), { scenario: 'p/s', from: Date.now() })).failure,
    ).toContain('http://127.0.0.1:1 could not be read');
  });

  test('does not wait for a replica that is down, nor for what is not this service', async () => {
    const other = { metric: { __name__: 'up', instance: 'b:1' }, values: [[1, '1']] };
    const source = {
      kind: 'prometheus',
      url: await serve(() => matrix(requests, up('0'), other)),
      dialect: 'reference',
      ours: true,
    } as const;
    const file = await recordSeries(source, fetchAs({}), {
      scenario: 'p/s',
      from: 500,
      withinMs: 0,
    });
    expect(file.failure).toBeNull();
    expect(file.series).toEqual([
      {
        metric: 'inference_requests_total',
        labels: { instance: 'a:1', status: '200' },
        points: [[1000, 5]],
      },
      { metric: 'up', labels: { instance: 'a:1' }, points: [[1000, 0]] },
    ]);
  });
});
