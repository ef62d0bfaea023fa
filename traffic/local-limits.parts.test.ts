import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { listenOnLoopback } from '../machine/loopback.ts';
import { testCertificate } from './certificate.testing.ts';
import { k6Load } from './k6.ts';
import { k6Process } from './k6-process.ts';
import { answer, drive, limitedK6, planFor, right, serve } from './load.testing.ts';
import type { LoadSpec } from './load-spec.ts';

async function outcomesOf(path: string, plan: LoadSpec): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const note = (outcome: string) => {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  };
  await k6Load(k6Process(path))(
    plan,
    (event) => void (event.kind === 'end' && note(event.sample.outcome)),
    new AbortController().signal,
  );
  return counts;
}

function slowServer(): Promise<string> {
  return serve((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.end(right), 300));
  });
}

const cases: [string, string, () => Promise<string>, Partial<LoadSpec>][] = [
  [
    'few descriptors and many open requests',
    'ulimit -n 60',
    slowServer,
    { arrivals: { shape: 'constant', perSecond: 400 } },
  ],
  [
    'few descriptors and many clients',
    'ulimit -n 60',
    slowServer,
    { arrivals: { shape: 'closed', concurrency: 120 } },
  ],
  ['a name that does not resolve', ':', async () => 'no-such-service.invalid:80', {}],
  ['a name that is none', ':', async () => '-not-a-name-:80', {}],
];

test.for(cases)('%s: is no failure of the service', async ([, limits, address, changes]) => {
  const plan = planFor(await address(), { timeoutMs: 12_000, plannedMs: 1500, ...changes });
  const counts = await outcomesOf(await limitedK6(limits), plan);
  expect(counts['local'] ?? 0, JSON.stringify(counts)).toBeGreaterThan(10);
  expect(Object.keys(counts).filter((outcome) => outcome !== 'ok' && outcome !== 'local')).toEqual(
    [],
  );
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What stands between us and the service, or only we cannot read: from the tenth request on. */
const between: [string, limit: string, from: ReturnType<typeof answer>, viaProxy: boolean][] = [
  ['a proxy that asks for a password', 'proxy', answer('who are you?', 407), true],
  [
    'answers in a coding that our client does not know by this name',
    'decoding',
    gzipped('GZIP'),
    false,
  ],
  ['answers in one of the past', 'decoding', gzipped('x-gzip'), false],
];

function gzipped(coding: string): ReturnType<typeof answer> {
  return (request, response) => {
    request
      .resume()
      .on('end', () =>
        response.writeHead(200, { 'content-encoding': coding }).end(gzipSync(right)),
      );
  };
}

test.for(between)('%s: is no failure of the service', async ([, limit, from, viaProxy]) => {
  let asked = 0;
  const address = await serve((request, response) =>
    (asked++ < 10 ? answer() : from)(request, response),
  );
  vi.stubEnv('HTTP_PROXY', viaProxy ? `http://${address}` : '');
  const { samples } = await drive(planFor(address, viaProxy ? { url: 'http://service.test' } : {}));
  const endings = samples.map((sample) => `${sample.outcome} ${sample.limit ?? ''}`);
  expect(new Set(endings)).toEqual(new Set(['ok ', `local ${limit}`]));
});

test('a proxy that goes away in the middle: is no failure of the service', async () => {
  let asked = 0;
  const proxy = createServer((request, response) => {
    response.shouldKeepAlive = false;
    answer()(request, response);
    if (++asked === 10) proxy.close();
  });
  vi.stubEnv('HTTP_PROXY', `http://${await listenOnLoopback(proxy)}`);
  const { samples } = await drive(planFor('service.test'));
  expect(new Set(samples.map(({ outcome, limit }) => `${outcome} ${limit ?? ''}`))).toEqual(
    new Set(['ok ', 'local proxy']),
  );
});

test('a proxy that refuses its tunnels from some on: is no failure of the service', async () => {
  const certificate = await testCertificate();
  onTestFinished(() => certificate[Symbol.dispose]());
  const service = await serve(answer(), createTlsServer(certificate));
  let tunnels = 0;
  const proxy = createServer();
  proxy.on('connect', (_, client: Duplex) => {
    if (++tunnels > 5) return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host = '', port = ''] = service.split(':');
    const onward = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    for (const side of [client, onward])
      side.on('error', () => void [client.destroy(), onward.destroy()]);
  });
  onTestFinished(() => void proxy.close());
  vi.stubEnv('HTTPS_PROXY', `http://u:p@${await listenOnLoopback(proxy)}`);
  const { samples } = await drive(
    planFor('', {
      url: 'https://service.test',
      caFile: certificate.caFile,
      requestsPerConnection: 2,
    }),
  );
  expect(new Set(samples.map(({ outcome, limit }) => `${outcome} ${limit ?? ''}`))).toEqual(
    new Set(['ok ', 'local proxy']),
  );
});

test('a status 407 without a proxy is the service’s', async () => {
  const { outcomes } = await drive(planFor(await serve(answer('no', 407))));
  expect(Object.keys(outcomes)).toEqual(['http']);
});

test('where the limits are wide enough, there is no such failure', async () => {
  const counts = await outcomesOf(await limitedK6('ulimit -n 60'), planFor(await serve(answer())));
  expect(counts).toEqual({ ok: 50 });
});
