import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Exchange, exchangeSchema, keptBytes } from '../../evidence/exchange.ts';
import { redactor } from '../../evidence/redact.ts';
import { listenInTest, nobodyListens } from '../../machine/loopback.testing.ts';
import { dispatcherAs } from '../../traffic/node-client.ts';
import { type HttpOptions, httpFor } from './http.ts';

const url = async (listener: RequestListener) =>
  `http://${await listenInTest(createServer(listener))}`;
const rawUrl = async (onConnection: (socket: Socket) => void) =>
  `http://${await listenInTest(createTcpServer((socket) => onConnection(socket.on('error', () => undefined))))}`;

/** How a check asks a service, and what is written of it. */
function asking(service: string, options: Partial<HttpOptions> = {}) {
  const written: Exchange[] = [];
  const http = httpFor({
    url: service,
    headers: {},
    dispatcher: dispatcherAs({}, {}),
    redact: (text) => text,
    write: (exchange) => written.push(exchangeSchema.parse(exchange)),
    next: () => written.length,
    run: 0,
    now: () => 0,
    signal: new AbortController().signal,
    ...options,
  });
  return { http, written };
}

describe('whatever a service does, there is an answer, and it is on record', () => {
  test('a good one', async () => {
    const service = await url((request, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(JSON.stringify([request.method, request.url, request.headers['content-type']]));
    });
    const { http, written } = asking(`${service}/base/`);
    const answer = await http({ path: '/score', json: { data: [1] } });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'set-cookie': 'a=1, b=2' },
      json: ['POST', '/base/score', 'application/json'],
      failure: null,
      exchange: 0,
    });
    expect(written).toMatchObject([
      {
        request: { method: 'POST', body: { text: '{"data":[1]}', bytes: 12 } },
        answer: { status: 200, body: { text: answer.text } },
        failure: null,
      },
    ]);
  });

  test('one of 100 MB is not read to its end', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'a');
    let sent = 0;
    const service = await url((_, response) => {
      const more = () => {
        while (sent < 100 && !response.destroyed) {
          sent += 1;
          if (!response.write(megabyte)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const { http, written } = asking(service);
    await expect(http({ path: '/' })).rejects.toMatchObject({
      code: 'TRAFFIC_FAILED',
      message: expect.stringContaining('answered with more than 8 MiB'),
    });
    expect(sent).toBeLessThan(100);
    expect(written).toMatchObject([{ answer: { status: 200 } }]);
    expect(written[0]?.answer?.body.text).toHaveLength(keptBytes);
  });

  test('one that breaks off in the middle', async () => {
    const service = await rawUrl((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"predictions":'),
      ),
    );
    const { http, written } = asking(service);
    expect(await http({ path: '/' })).toMatchObject({
      status: 200,
      text: '{"predictions":',
      json: undefined,
      failure: expect.stringMatching(/./),
    });
    expect(written).toMatchObject([
      { answer: { status: 200, body: { text: '{"predictions":' } }, failure: expect.any(String) },
    ]);
  });

  test.each([
    ['never comes', () => undefined],
    ['begins and never ends', (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n{')],
  ])('one that %s', async (_, begin) => {
    const service = await rawUrl((socket) => socket.once('data', () => begin(socket)));
    const { http, written } = asking(service, { answerWithinMs: 200 });
    expect(await http({ path: '/' })).toMatchObject({ failure: 'no whole answer within 0.2 s' });
    expect(written).toMatchObject([{ failure: 'no whole answer within 0.2 s' }]);
  });

  test('one that leads elsewhere is not followed', async () => {
    const asked: (string | undefined)[] = [];
    const service = await url((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const answer = await asking(service).http({ path: '/score' });
    expect(answer).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    expect(asked).toEqual(['/score']);
  });

  test('a page in place of JSON', async () => {
    const service = await url((_, response) => response.end('<!doctype html><p>Sign in'));
    const answer = await asking(service).http({ path: '/score' });
    expect(answer).toMatchObject({ text: '<!doctype html><p>Sign in', failure: null });
    expect(answer.json).toBeUndefined();
  });

  test('what is no UTF-8 is no JSON', async () => {
    const service = await url((_, response) => response.end(Buffer.from('"\xe9"', 'latin1')));
    const answer = await asking(service).http({ path: '/score' });
    expect(answer).toMatchObject({ text: '"\ufffd"', failure: null });
    expect(answer.json).toBeUndefined();
  });

  test('100 Continue that nobody asked for is a limit of our own', async () => {
    const service = await rawUrl((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
      ),
    );
    await expect(asking(service).http({ path: '/' })).rejects.toMatchObject({
      code: 'TRAFFIC_FAILED',
      message: expect.stringContaining('100 Continue'),
    });
  });

  test('headers of 20 kB are read', async () => {
    const long = 'x'.repeat(20_000);
    const service = await url((_, response) => response.writeHead(200, { long }).end());
    expect(await asking(service).http({ path: '/' })).toMatchObject({ headers: { long } });
  });

  test('what is no HTTP', async () => {
    const service = await rawUrl((socket) => socket.once('data', () => socket.end('+PONG\r\n')));
    expect(await asking(service).http({ path: '/' })).toMatchObject({
      status: 0,
      failure: expect.stringContaining('HTTP'),
    });
  });

  test.each(['127.0.0.1', 'localhost'])('nobody listens on %s', async (host) => {
    const [, port] = (await nobodyListens()).split(':');
    const { http, written } = asking(`http://${host}:${port}`);
    const answer = await http({ path: '/' });
    expect(answer).toMatchObject({
      status: 0,
      text: '',
      failure: expect.stringContaining('ECONNREFUSED'),
    });
    expect(written).toMatchObject([{ answer: null, failure: answer.failure }]);
  });

  test('an answer before the whole body was sent', async () => {
    const service = await rawUrl((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}'),
      ),
    );
    const { http } = asking(service);
    const answer = await http({ path: '/score', body: ' '.repeat(10_000_001) });
    expect(answer).toMatchObject({ status: 413, json: {}, failure: null });
  });
});

describe('a service that refuses a body from its headers, and closes', () => {
  const refusal = (headers: string) => `HTTP/1.1 413 Payload Too Large\r\n${headers}\r\n\r\n`;
  const body = ' '.repeat(8_000_000);

  test('20 ms later', async () => {
    const service = await rawUrl((socket) =>
      socket.once('data', () => {
        socket.pause().write(refusal('content-length: 0\r\nconnection: close'));
        setTimeout(() => socket.destroy(), 20);
      }),
    );
    const answer = await asking(service).http({ path: '/score', body });
    expect(answer).toMatchObject({ status: 413, failure: null });
  });

  /** In a process of its own: only then does the connection close while one write of ours goes on. */
  const elsewhere = async (head: string) => {
    const script = `require('node:net').createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => {
        socket.pause().write(${JSON.stringify(head)});
        socket.destroy();
      });
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
    const server = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = await once(server.stdout, 'data');
    return {
      url: `http://127.0.0.1:${String(port).trim()}`,
      [Symbol.dispose]: () => void server.kill(),
    };
  };

  test.each([
    ['a length', refusal('content-length: 2\r\nconnection: close')],
    ['a length, on a connection that it would keep', refusal('content-length: 2')],
    ['the end of the connection', refusal('connection: close')],
  ])('at once, with a body up to %s', async (_, head) => {
    using service = await elsewhere(`${head}{}`);
    // The failed write comes before the answer is read in about every second one.
    for (let i = 0; i < 12; i += 1) {
      const answer = await asking(service.url).http({ path: '/score', body });
      expect(answer).toMatchObject({ status: 413, json: {}, failure: null });
    }
  });

  test('without a word', async () => {
    using service = await elsewhere('');
    const answer = await asking(service.url).http({ path: '/score', body });
    expect(answer).toMatchObject({ status: 0, failure: expect.stringMatching(/./) });
  });
});

describe('a compressed answer', () => {
  const right = JSON.stringify({ predictions: [0.5] });
  const coded = (coding: string, body: string | Uint8Array) =>
    url((_, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(body);
    });

  test.each([
    ['gzip', gzipSync(right)],
    ['deflate', deflateSync(right)],
    ['br', brotliCompressSync(right)],
    ['zstd', zstdCompressSync(right)],
    ['gzip, br', brotliCompressSync(gzipSync(right))],
    ['identity', right],
    ['Identity, gzip', gzipSync(right)],
  ])(
    '%s is read, and is on record as it was meant, with its headers as they were',
    async (coding, body) => {
      const { http, written } = asking(await coded(coding, body));
      expect(await http({ path: '/' })).toMatchObject({
        headers: { 'content-encoding': coding },
        text: right,
        json: { predictions: [0.5] },
        failure: null,
      });
      expect(written[0]?.answer).toMatchObject({
        headers: expect.arrayContaining([['content-encoding', coding]]),
        body: { text: right, bytes: right.length },
      });
    },
  );

  test.each([
    ['gzip', 'gzip', right],
    ['br', 'br', right],
    ['zstd', 'zstd', right],
    ['gzip', 'gzip', gzipSync(right).subarray(0, -9)],
    ['gzip', 'gzip, br', brotliCompressSync(right)],
  ])('a body that is no %s, with Content-Encoding: %s', async (name, coding, body) => {
    const { http, written } = asking(await coded(coding, body));
    const answer = await http({ path: '/' });
    expect(answer).toMatchObject({
      status: 200,
      json: undefined,
      failure: expect.stringContaining(`a body that is no ${name} (`),
    });
    expect(written).toMatchObject([{ failure: answer.failure, answer: { status: 200 } }]);
  });

  test('one that would be 100 MB is not read to its end', async () => {
    const { http, written } = asking(await coded('gzip', gzipSync(Buffer.alloc(100_000_000, 'a'))));
    await expect(http({ path: '/' })).rejects.toThrow('answered with more than 8 MiB');
    expect(written[0]?.answer?.body.text).toHaveLength(keptBytes);
  });

  test.each(['xgzip', 'GZIP', 'gzip, compress'])('%s is a limit of our own', async (coding) => {
    const { http, written } = asking(await coded(coding, gzipSync(right)));
    const words = `Content-Encoding: ${coding}, which our client cannot read`;
    await expect(http({ path: '/' })).rejects.toMatchObject({
      code: 'TRAFFIC_FAILED',
      message: expect.stringContaining(words),
    });
    expect(written).toMatchObject([
      { answer: { status: 200 }, failure: expect.stringContaining(words) },
    ]);
  });

  test.each(['gzip', 'xgzip'])('without a body, %s is nothing to read', async (coding) => {
    const answer = await asking(await coded(coding, '')).http({ path: '/', method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '', failure: null });
  });

  test('one that breaks off in the middle is read as far as it came', async () => {
    const start = gzipSync(Buffer.alloc(100_000, 'a')).subarray(0, -8);
    const service = await rawUrl((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9999\r\n\r\n');
        socket.end(start);
      }),
    );
    const { text, failure } = await asking(service).http({ path: '/' });
    expect(text).toMatch(/^a+$/);
    expect(failure).not.toContain('gzip');
  });
});

test('a check that has to end asks for nothing more, and hears no answer', async () => {
  const stop = new AbortController();
  const service = await url(() => stop.abort(new Error('time is over')));
  const { http, written } = asking(service, { signal: stop.signal });
  await expect(http({ path: '/' })).rejects.toThrow('time is over');
  await expect(http({ path: '/' })).rejects.toThrow('time is over');
  expect(written).toEqual([]);
});

describe('headers', () => {
  const seenBy = async (headers: Record<string, string>, own: Record<string, string | null>) => {
    const service = await url((request, response) => response.end(JSON.stringify(request.headers)));
    const { json } = await asking(service, { headers }).http({ path: '/', json: 1, headers: own });
    return json;
  };

  test('the user’s own are sent with each request', async () => {
    expect(await seenBy({ Authorization: 'Bearer x', 'X-Tenant': 'a' }, {})).toMatchObject({
      authorization: 'Bearer x',
      'x-tenant': 'a',
      'content-type': 'application/json',
    });
  });

  test('those of a check win, and can leave one out', async () => {
    const seen = await seenBy(
      { Authorization: 'Bearer x', 'X-Tenant': 'a' },
      { authorization: null, 'x-tenant': 'b', 'content-type': null },
    );
    expect(seen).toMatchObject({ 'x-tenant': 'b' });
    expect(seen).not.toHaveProperty('authorization');
    expect(seen).not.toHaveProperty('content-type');
  });
});

describe('secrets', () => {
  const secret = 's3cr3t-t0ken-0f-the-test';
  const redact = redactor([secret], { foreign: true });
  const headers = { Authorization: `Bearer ${secret}` };

  test('a service that repeats one tells nobody', async () => {
    const service = await url((request, response) => {
      response.setHeader('x-repeated', request.headers.authorization ?? '');
      response.end(`you sent ${request.headers.authorization} to ${request.url}`);
    });
    const { http, written } = asking(service, { headers, redact });
    const answer = await http({ path: `/score?key=${secret}`, body: `key=${secret}` });
    expect(answer.text).toContain(secret);
    expect(JSON.stringify(written)).not.toContain(secret);
    expect(answer.repeat).not.toContain(secret);
    expect(answer.repeat).toContain(`-H 'authorization: Bearer [redacted]'`);
  });

  test('none is left in part where a body is cut', async () => {
    const padded = `${'a'.repeat(keptBytes - 10)}${secret}`;
    const service = await url((_, response) => response.end(padded));
    const { http, written } = asking(service, { headers, redact });
    await http({ path: '/', body: padded });
    expect(JSON.stringify(written).includes(secret.slice(0, 6))).toBe(false);
  });

  test('none is in why there was no answer', async () => {
    const service = await rawUrl((socket) => socket.destroy());
    const { http, written } = asking(service, {
      headers,
      redact: (text) => text.replaceAll(/other side closed|ECONNRESET/g, '[redacted]'),
    });
    const { failure } = await http({ path: '/' });
    expect(failure).toContain('[redacted]');
    expect(written[0]?.failure).toBe(failure);
  });
});

describe('the command line that asks for the same', () => {
  test('is quoted for a shell', async () => {
    const service = await url((_, response) => response.end());
    const { repeat } = await asking(service).http({ path: '/score', body: `{"it's":1}` });
    expect(repeat).toBe(`curl -sS -i -X POST '${service}/score' --data-raw '{"it'\\''s":1}'`);
  });

  test('names a body that is too long for it', async () => {
    const service = await url((_, response) => response.end());
    const { repeat } = await asking(service).http({ path: '/score', body: '1'.repeat(5_000) });
    expect(repeat).toContain('--data-binary @body # 5000 characters');
    expect(repeat.length).toBeLessThan(300);
  });
});
