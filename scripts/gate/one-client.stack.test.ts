import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as send,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { listenInTest, nobodyListens } from '../../machine/loopback.testing.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { testCertificate } from '../../traffic/certificate.testing.ts';
import { askFirst, bare, stubEnvironment } from './first-request.testing.ts';
import { readVerdicts, rightAnswer, runGate, serve } from './gate-process.testing.ts';

/** What is asked before the load, the load itself and the look at the metrics go the same way: proxy, names, trust, headers, decoding. */

afterEach(() => {
  vi.unstubAllEnvs();
});

const short = [
  '--only',
  'AK-SLO-1',
  '--rate',
  '300',
  '--budget',
  '1s',
  '--min-time',
  '1s',
  '--warmup',
  '0.2s',
];
const json = { 'content-type': 'application/json' };

interface Asked {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  viaProxy: boolean;
}

/** A service that answers rightly and has metrics; remembers what it was asked. */
function service(
  asked: Asked[],
  answer = (): [Record<string, string>, string | Buffer] => [json, rightAnswer],
): RequestListener {
  let answered = 0;
  return ({ method, url, headers, rawHeaders }, response) => {
    asked.push({ method, url, headers, rawHeaders, viaProxy: headers['via'] !== undefined });
    if (url?.startsWith('/metrics')) {
      response
        .writeHead(200, { 'content-type': 'text/plain' })
        .end(`inference_requests_total{status="200"} ${answered}\n`);
      return;
    }
    answered++;
    const [head, body] = answer();
    response.writeHead(200, head).end(body);
  };
}

/** A forward proxy that knows one name, whatever the port, and leads it to a server on the loopback. */
async function proxy(
  name: string,
  to: string,
  refuse = false,
): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const [host, port] = to.split(':');
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const { pathname, search, hostname } = new URL(request.url ?? '', 'http://nobody.invalid');
    if (refuse || hostname !== name) return void response.writeHead(502).end();
    const headers = { ...request.headers, via: '1.1 proxy' };
    const onward = send(
      { host, port, method: request.method, path: pathname + search, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => undefined);
  });
  return { url: `http://${await listenInTest(server)}`, seen };
}

async function serveTls(listener: RequestListener, options: object): Promise<string> {
  return `https://${await listenInTest(createTlsServer(options, listener))}`;
}

async function outcomes(folder: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { outcome } of (await openRun(folder)).samples())
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** The service's counts were read twice, and are no less than what the client saw. */
const counted = { reconciliation: [{ agrees: true }] };

describe('a proxy', () => {
  test('is used by all or by none, and is named in one line', async () => {
    const asked: Asked[] = [];
    const at = await serve(service(asked));
    const { url, seen } = await proxy('service.test', at.replace('http://', ''));
    const given = [
      '--url',
      'http://service.test',
      '--api',
      'score',
      '--metrics',
      'http://service.test/metrics',
      ...short,
    ];
    const { folder, text } = await runGate(given, {
      ...bare,
      HTTP_PROXY: url.replace('//', '//user:pa55w0rd@'),
    });
    expect(await outcomes(folder)).toEqual({ ok: 360 });
    expect(asked.every(({ viaProxy }) => viaProxy)).toBe(true);
    expect(new Set(seen)).toEqual(
      new Set(['POST http://service.test/score', 'GET http://service.test/metrics']),
    );
    expect(readVerdicts(folder)).toMatchObject(counted);
    expect(text.match(/through the proxy/g)).toHaveLength(1);
    expect(text).not.toContain('pa55w0rd');
  });

  test('that NO_PROXY excepts the service from is used by none', async () => {
    const asked: Asked[] = [];
    const at = await serve(service(asked));
    const dead = await proxy('nobody.test', '127.0.0.1:9', true);
    const given = [
      '--url',
      at.replace('127.0.0.1', 'localhost'),
      '--api',
      'score',
      '--metrics',
      `${at}/metrics`,
      ...short,
    ];
    const { folder, text } = await runGate(given, {
      ...bare,
      HTTP_PROXY: dead.url,
      NO_PROXY: 'localhost,127.0.0.0/8',
    });
    expect(await outcomes(folder)).toEqual({ ok: 360 });
    expect(dead.seen).toEqual([]);
    expect(text).not.toContain('proxy');
  });

  test('that does not let the service be reached is named before the load', async () => {
    const { url } = await proxy('nobody.test', '127.0.0.1:9', true);
    stubEnvironment({ http_proxy: url });
    const said = await askFirst('http://service.test');
    expect(said).toMatch(/Warning: .*status 502/);
    expect(said).toContain(new URL(url).host);
  });

  test.for([
    [
      { HTTP_PROXY: 'http://hunter:two#w@proxy.test:3128' },
      ['http://service.test'],
      /^HTTP_PROXY /,
    ],
    [{ https_proxy: 'socks4://hunter:two@proxy.test' }, ['https://service.test'], /^https_proxy /],
    [
      { HTTPS_PROXY: 'hunter:two@proxy.test:99999' },
      ['http://127.0.0.1:9', '--prometheus', 'https://metrics.test'],
      /^HTTPS_PROXY /,
    ],
  ] as const)(
    'whose address is none is wrong usage, before anything is asked: %j',
    async ([variable, [url, ...options], says]) => {
      stubEnvironment(variable);
      const error: unknown = await askFirst(url, ...options).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(says) });
      expect(String(error)).not.toMatch(/hunter|two/);
    },
  );
});

describe('trust', () => {
  test('in an authority of SSL_CERT_FILE is everybody’s', async () => {
    using files = await testCertificate();
    const asked: Asked[] = [];
    const url = await serveTls(service(asked), { key: files.key, cert: files.cert });
    const given = ['--url', url, '--api', 'score', '--metrics', `${url}/metrics`, ...short];
    const { folder } = await runGate(given, { ...bare, SSL_CERT_FILE: files.caFile });
    expect(await outcomes(folder)).toEqual({ ok: 360 });
    expect(readVerdicts(folder)).toMatchObject(counted);
  });

  test('that is missing is said with --ca, before the load', async () => {
    using files = await testCertificate();
    const url = await serveTls(service([]), { key: files.key, cert: files.cert });
    stubEnvironment();
    await expect(askFirst(url)).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: expect.stringContaining('does not trust: name it with --ca FILE'),
    });
  });

  test('of a service that asks for a certificate is won by --client-cert and --client-key, for load and metrics', async () => {
    using files = await testCertificate();
    using client = await testCertificate();
    const folderOfKeys = scratch();
    const keyFile = join(folderOfKeys, 'key.pem');
    writeFileSync(keyFile, client.key);
    const asked: Asked[] = [];
    const tls = {
      key: files.key,
      cert: files.cert,
      ca: client.cert,
      requestCert: true,
      rejectUnauthorized: true,
    };
    const url = await serveTls(service(asked), tls);
    const given = [
      '--url',
      url,
      '--api',
      'score',
      '--metrics',
      `${url}/metrics`,
      '--ca',
      files.caFile,
      ...short,
    ];
    stubEnvironment();
    await expect(askFirst(url, '--ca', files.caFile)).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: expect.stringContaining('--client-cert FILE --client-key FILE'),
    });
    expect(asked).toEqual([]);
    const { folder, text } = await runGate(
      [...given, '--client-cert', client.caFile, '--client-key', keyFile],
      bare,
    );
    expect(text).not.toContain('Warning');
    expect(await outcomes(folder)).toEqual({ ok: 360 });
    expect(readVerdicts(folder)).toMatchObject(counted);
  });
});

describe('what is asked first', () => {
  test('has the headers of the load, may take as long as --first-answer says, and is read as the load reads it', async () => {
    const asked: Asked[] = [];
    const answer = service(asked, () => [
      { ...json, 'content-encoding': 'gzip' },
      gzipSync(rightAnswer),
    ]);
    const at = await serve((request, response) => {
      setTimeout(() => answer(request, response), asked.length === 0 ? 1500 : 0);
    });
    const type = 'application/json; charset=utf-8';
    const headers = ['--header', `content-TYPE: ${type}`, '--header', 'X-Tenant: a'];
    const given = ['--url', at, '--api', 'score', '--first-answer', '10s', ...headers, ...short];
    const { folder, text } = await runGate(given, bare);
    expect(text).not.toContain('Warning');
    expect(await outcomes(folder), text).toEqual({ ok: 360 });

    // Each header once, in whatever case it was given.
    expect(asked.length).toBe(362);
    for (const { rawHeaders, headers: sent } of asked) {
      expect(rawHeaders.filter((name) => name.toLowerCase() === 'content-type')).toHaveLength(1);
      expect(sent).toMatchObject({ 'content-type': type, 'x-tenant': 'a' });
    }
    const names = asked.map(({ headers: { connection: _, ...sent } }) =>
      Object.keys(sent).sort().join(' '),
    );
    expect(new Set(names).size).toBe(1);
  });

  test.for<[string, string, Buffer]>([
    ['a list', ' gzip , identity', gzipSync(rightAnswer)],
    ['one coding over another', 'deflate, gzip', gzipSync(deflateSync(rightAnswer))],
    ['another spelling of none', 'Identity', Buffer.from(rightAnswer)],
  ])('is decoded: %s', async ([, coding, body]) => {
    const at = await serve(service([], () => [{ ...json, 'content-encoding': coding }, body]));
    stubEnvironment();
    expect(await askFirst(at)).toBe('');
  });

  // Legal, most of them (RFC 9110, 8.4.1), but k6 knows five names in small letters and leaves what has another as it is.
  test.for<[string, Buffer]>([
    ['GZIP', gzipSync(rightAnswer)],
    ['identity, x-gzip', gzipSync(rightAnswer)],
    ['Deflate', deflateSync(rightAnswer)],
    ['BR', brotliCompressSync(rightAnswer)],
    ['ZSTD', zstdCompressSync(rightAnswer)],
    ['compress', Buffer.from([0x1f, 0x9d, 0x90])],
  ])('in a coding that the client cannot read ends the run: %s', async ([coding, body]) => {
    const at = await serve(service([], () => [{ ...json, 'content-encoding': coding }, body]));
    stubEnvironment();
    const error: unknown = await askFirst(at).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'TRAFFIC_FAILED' });
    expect(String(error)).toContain(`Content-Encoding: ${coding}`);
    expect(String(error)).toContain('reads gzip, deflate, br, zstd and identity, in small letters');
    expect(String(error)).toContain("--header 'Accept-Encoding: identity'");
  });

  test('is not asked where nobody listens: that is found before any tool is built', async () => {
    const address = await nobodyListens();
    const nothing = {
      PATH: '/nowhere',
      XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'empty-cache-')),
    };
    onTestFinished(() => rmSync(nothing.XDG_CACHE_HOME, { recursive: true }));
    const { code, text } = await runGate(
      ['--url', `http://${address}`, '--api', 'score', ...short],
      { ...bare, ...nothing },
    );
    expect(text).toMatch(/SERVICE_UNREACHABLE.*ECONNREFUSED/);
    expect(text).not.toContain('TOOL_MISSING');
    expect(code).toBe(3);
  });
});
