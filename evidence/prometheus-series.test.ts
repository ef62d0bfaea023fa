import { describe, expect, test } from 'vitest';
import { fetchAs } from '../traffic/node-client.ts';
import { scrapeFirst } from './metrics-url.ts';
import { serve } from './prometheus-series.testing.ts';
import { recordSeries } from './prometheus-series.ts';

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

  test('does not fail for a replica that was taken away: what was scraped of it is kept', async () => {
    const gone = { metric: { __name__: 'up', instance: 'a:1' }, values: [[1, '1']] };
    const later = Math.floor(Date.now() / 1000) + 3600;
    const another = (name: string, value: string) => ({
      metric: { __name__: name, instance: 'b:1' },
      values: [[later, value]],
    });
    const answer = matrix(
      requests,
      gone,
      another('up', '1'),
      another('inference_requests_total', '5'),
    );
    const url = await serve(() => answer);
    const { failure, series } = await recordSeries(
      { kind: 'prometheus', url, dialect: 'reference', ours: false },
      fetchAs({}),
      { scenario: 'p/s', from: 500, withinMs: 0 },
    );
    expect(failure).toBeNull();
    expect(series).toHaveLength(4);
  });
});
