import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scrapeFirst } from '../../evidence/metrics-url.ts';
import { recordSeries } from '../../evidence/prometheus-series.ts';
import { redactor } from '../../evidence/redact.ts';
import type { SeriesFile } from '../../evidence/series.ts';
import { listenInTest } from '../../machine/loopback.testing.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { testCertificate } from '../../traffic/certificate.testing.ts';
import { basic, fetchAs } from '../../traffic/node-client.ts';
import { secretsOnTheWay } from '../../traffic/proxy.ts';
import { errorExitCode } from '../cli/command.ts';
import { readOptions } from './options.ts';

const kinds = ['--metrics', '--prometheus'] as const;
type Kind = (typeof kinds)[number];

/** Two models and two releases in both kinds of answers. */
const samples = [
  ['model="a",status="200"', 3],
  ['model="b",status="200"', 50],
] as const;

const answers: RequestListener = (request, response) => {
  if (!request.url?.includes('/api/v1/')) {
    const lines = samples.map(
      ([labels, value]) => `inference_requests_total{${labels}} ${value}\n`,
    );
    return void response.end(lines.join(''));
  }
  const series = ['a', 'b'].map((model, at) => ({
    metric: { __name__: 'inference_requests_total', instance: 'i:1', model },
    values: [[1, String(samples[at]?.[1])]],
  }));
  const data = { resultType: 'matrix', result: series };
  response.end(JSON.stringify({ status: 'success', data }));
};

/** What is recorded of the counters when they are asked for as the options say. */
async function counted(argv: readonly string[]): Promise<SeriesFile> {
  const { service, client } = await readOptions(argv);
  if (service.kind !== 'external' || service.metrics === undefined) throw new Error('no counters');
  const { kind, ...address } = service.metrics;
  const facts = { ...address, dialect: service.dialect };
  const source = kind === 'metrics' ? { ...facts, kind } : { ...facts, kind, ours: false };
  const go = fetchAs(client, {});
  const before = await scrapeFirst(source, go);
  return recordSeries(source, go, { scenario: 'p/s', from: 0, before, withinMs: 0 });
}

/** A server that has counters, and what it was asked. */
async function server(): Promise<{ place: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request);
    answers(request, response);
  };
  return { place: await listenInTest(createServer(listener)), asked };
}

const at = (url: string, kind: Kind, counters: string, ...more: string[]) => [
  ...['--url', url, '--api', 'score', kind, counters],
  ...more,
];

describe.each(kinds)('%s is asked', (kind) => {
  test('with the headers of the load, but for what concerns the service or a body alone', async () => {
    const { place, asked } = await server();
    process.env['COUNTERS_TEST_HEADER'] = 'Authorization: Bearer hunter2';
    onTestFinished(() => void delete process.env['COUNTERS_TEST_HEADER']);
    const headers = [
      ...['--header', 'env:COUNTERS_TEST_HEADER', '--header', 'X-Tenant: blü€'],
      ...['--header', 'content-type: a/b', '--header', 'Accept: a/b', '--header', 'Host: a.test'],
    ];
    await counted(at('http://127.0.0.1:1', kind, `http://${place}`, ...headers));
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer hunter2',
      'x-tenant': Buffer.from('blü€').toString('latin1'),
      host: place,
    });
    expect(asked[0]?.headers).not.toHaveProperty('content-type');
    expect(asked[0]?.headers.accept).not.toBe('a/b');
  });

  test('with user and password of its own URL before those of a header', async () => {
    const { place, asked } = await server();
    const header = ['--header', 'authorization: Bearer hunter2'];
    await counted(at('http://127.0.0.1:1', kind, `http://u:p@${place}`, ...header));
    expect(asked[0]?.headers.authorization).toBe(basic('u', 'p'));
  });

  test('with the query that was given, as it was', async () => {
    const { place, asked } = await server();
    const { series } = await counted(
      at('http://127.0.0.1:1', kind, `http://${place}/x/?a=%2f/&b=c+d&e`),
    );
    expect(series).not.toEqual([]);
    const expected =
      kind === '--metrics'
        ? /^\/x\/\?a=%2f\/&b=c\+d&e$/
        : /^\/x\/api\/v1\/query\?a=%2f\/&b=c\+d&e&query=/;
    expect(asked[0]?.url).toMatch(expected);
  });

  test('by the authority and with the certificate that were given', async () => {
    using files = await testCertificate();
    using ours = await testCertificate();
    const keyFile = join(scratch(), 'key.pem');
    writeFileSync(keyFile, ours.key);
    const tls = {
      ...{ key: files.key, cert: files.cert, ca: ours.cert },
      ...{ requestCert: true, rejectUnauthorized: true },
    };
    const url = `https://${await listenInTest(createTlsServer(tls, answers))}`;
    const trust = ['--ca', files.caFile];
    const certificate = ['--client-cert', ours.caFile, '--client-key', keyFile];
    expect((await counted(at(url, kind, url, ...trust, ...certificate))).series).not.toEqual([]);
    expect((await counted(at(url, kind, url, ...trust))).failure).not.toBeNull();
  });

  test('and nothing secret of all this is left in what it says', async () => {
    const said = 'hunter2 hunter3 hunter4 hunter5';
    const place = await listenInTest(
      createServer((_, response) => void response.writeHead(500, said).end(`{"error":"${said}"}`)),
    );
    const argv = at(
      'http://127.0.0.1:1',
      kind,
      `http://hunter2:hunter3@${place}/?key=hunter4`,
      ...['--header', 'X-Key: hunter5'],
    );
    const { failure } = await counted(argv);
    const { service, client } = await readOptions(argv);
    const metrics = service.kind === 'external' ? service.metrics : undefined;
    const redact = redactor(secretsOnTheWay('http://127.0.0.1:1', client.headers, metrics), {
      foreign: true,
    });
    expect(failure).not.toBeNull();
    expect(redact(failure ?? '')).not.toContain('hunter');
  });

  test('for the series that are selected alone', async () => {
    const { place } = await server();
    const { series } = await counted(
      at('http://127.0.0.1:1', kind, `http://${place}`, '--selector', ' model = "b" , gone="", '),
    );
    const requests = series.filter(({ metric }) => metric === 'inference_requests_total');
    expect(requests.map(({ labels }) => labels['model'])).toEqual(['b']);
  });
});

describe('a selector', () => {
  test.for([
    ['', /label="value"/],
    ['model=churn', /quotes.*--selector 'model="churn"'/],
    ["model='churn'", /--selector 'model="churn"'/],
    ['model!="churn"', /"!=".*only label="value"/],
    ['model=~"churn.*"', /"=~".*only label="value"/],
    ['{model="churn"}', /without braces.*--selector 'model="churn"'/],
    ['model="churn" status="200"', /after model="churn".*comma/],
    ['model="churn', /model="churn.*does not end/],
    ['1model="churn"', /1model.*label/],
    ['model="a",model="b"', /model.*twice/],
    ['__name__="up"', /__name__.*--dialect/],
  ] as const)('%j is refused, with what would be right', async ([text, says]) => {
    const argv = at('http://a.test', '--metrics', 'http://a.test/metrics', '--selector', text);
    const refusal: unknown = await readOptions(argv).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'USAGE', message: expect.stringMatching(says) });
    expect(errorExitCode(refusal)).toBe(64);
  });

  test('needs counters to select from', async () => {
    const argv = ['--url', 'http://a.test', '--api', 'score', '--selector', 'a="b"'];
    await expect(readOptions(argv)).rejects.toMatchObject({
      message: expect.stringMatching(/--selector.*--metrics or --prometheus/),
    });
    await expect(readOptions(['--selector', 'a="b"'])).rejects.toMatchObject({
      message: expect.stringMatching(/--selector belongs to --url/),
    });
  });
});
