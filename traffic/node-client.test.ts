import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listenInTest } from '../machine/loopback.testing.ts';
import { testCertificate } from './certificate.testing.ts';
import { basic, fetchAs } from './node-client.ts';
import { decoded } from './proxy.ts';

const hello: RequestListener = (request, response) =>
  void response.end(`hello ${request.url} ${request.headers.host}`);

/** Leads every tunnel and every request to one place; remembers what it was asked. */
async function proxyTo(place: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const note = ({ method, url, headers }: IncomingMessage) =>
    asked.push(`${method} ${url} ${headers['proxy-authorization'] ?? 'nobody'}`);
  const server = createServer((request, response) => {
    note(request);
    response.end('forwarded');
  });
  server.on('connect', (request, socket) => {
    note(request);
    const [host, port] = place.split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => undefined);
  });
  return { url: `http://u%40x:p%3A@${await listenInTest(server)}`, asked };
}

const user = basic('u@x', 'p:');

describe('goes the way of the load', () => {
  test('through a proxy: forwarded in the clear, a tunnel for TLS, with the proxy’s own user', async () => {
    using files = await testCertificate();
    const place = await listenInTest(createTlsServer({ key: files.key, cert: files.cert }, hello));
    const proxy = await proxyTo(place);
    const environment = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    const go = fetchAs({ caFile: files.caFile }, environment);
    expect(await (await go('http://service.test/metrics')).text()).toBe('forwarded');
    expect(await (await go('https://service.test:9090/api')).text()).toBe(
      'hello /api service.test:9090',
    );
    expect(proxy.asked).toEqual([
      `GET http://service.test/metrics ${user}`,
      `CONNECT service.test:9090 ${user}`,
    ]);
  });

  test('trusts what it is given, and no other', async () => {
    using files = await testCertificate();
    const place = await listenInTest(createTlsServer({ key: files.key, cert: files.cert }, hello));
    expect((await fetchAs({ caFile: files.caFile }, {})(`https://${place}/`)).status).toBe(200);
    await expect(fetchAs({}, {})(`https://${place}/`)).rejects.toThrow('fetch failed');
  });

  test('shows our certificate to whoever asks for one', async () => {
    using files = await testCertificate();
    using client = await testCertificate();
    const tls = {
      key: files.key,
      cert: files.cert,
      ca: client.cert,
      requestCert: true,
      rejectUnauthorized: true,
    };
    const place = await listenInTest(createTlsServer(tls, hello));
    const settings = { caFile: files.caFile };
    const certificate = { cert: client.cert, key: client.key };
    expect((await fetchAs({ ...settings, certificate }, {})(`https://${place}/`)).status).toBe(200);
    await expect(fetchAs(settings, {})(`https://${place}/`)).rejects.toThrow();
  });
});

test.each([
  ['a compressed answer', 200, { 'content-encoding': 'gzip' }, gzipSync('text'), 'text'],
  ['an answer without a body', 204, {}, '', ''],
  ['a redirect, which is not followed', 302, { location: '/elsewhere' }, 'moved', 'moved'],
  ['an error', 503, {}, 'sorry', 'sorry'],
])('reads %s', async (_, status, headers, body, text) => {
  const place = await listenInTest(
    createServer((__, response) => void response.writeHead(status, headers).end(body)),
  );
  const answer = await fetchAs({}, {})(`http://${place}/`);
  expect([answer.status, await answer.text()]).toEqual([status, text]);
});

test.each([
  ['plain', 'plain'],
  ['p%40ss', 'p@ss'],
  ['100%', '100%'],
  ['50%zz%41', '50%zzA'],
  ['%C3%A9', 'é'],
  ['%E0%A4%A', '%E0%A4%A'],
])('%s was meant as %s', (part, meant) => {
  expect(decoded(part)).toBe(meant);
});

test('a request that was made with a time limit keeps it, whatever memory is collected meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const collecting = setInterval(collect, 20);
  const silent = `http://${await listenInTest(createServer(() => undefined))}/`;
  const limit = new AbortController();
  const asked = fetchAs({}, {})(new Request(silent, { signal: limit.signal }));
  setTimeout(() => limit.abort(new Error('too late')), 200);
  await expect(asked).rejects.toThrow('too late');
  clearInterval(collecting);
});
