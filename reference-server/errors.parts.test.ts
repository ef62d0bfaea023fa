import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from './server.testing.ts';

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Sends these bytes on a connection of their own and reads one answer, and on until the server closes the connection if it says that it does. */
async function ask(port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.write(bytes);
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    const answer = parse(text, bytes);
    if (answer !== undefined && answer.headers['connection'] !== 'close') return answer;
  }
  const answer = parse(text, bytes);
  if (answer === undefined) throw new Error(`the connection closed after "${text}"`);
  return answer;
}

function parse(text: string, request: string): Answer | undefined {
  const [head = '', body] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.split(':', 1).join().toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const status = Number(first.split(' ')[1]);
  if (body === undefined) return undefined;
  if (request.startsWith('HEAD ')) return { status, headers, body };
  if (body.length < Number(headers['content-length'])) return undefined;
  return { status, headers, body: JSON.parse(body) };
}

const systems = [
  {
    system: 'mlops-aks',
    inference: '/score',
    good: '{"data":[[1,2]]}',
    form: {
      error: expect.any(String),
      trace: expect.stringMatching(/^Refusal: [A-Z_]+$/),
      metadata: {
        request_id: expect.stringMatching(/^\d{13}-\d+$/),
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        model_version: 'v1.2.3',
      },
    },
  },
  {
    system: 'kserve-mlops',
    inference: '/v1/models/small:predict',
    good: '{"instances":[[1,2]]}',
    form: { error: expect.any(String) },
  },
] as const;

describe.each(systems)(
  'every error of $system has its form',
  ({ system, inference, good, form }) => {
    let port = 0;
    let end = async () => {};
    beforeAll(async () => {
      const { server, admin } = await start({
        args: ['--system', system, '--port', '0', '--metrics-port', '0'],
        drained: 'by the test',
      });
      port = (await server.listen()).serving;
      // Only well-formed requests meet it.
      await admin('PUT', '/faults', { errorShare: 1 });
      end = () => server.drain();
    });
    afterAll(() => end());

    const host = 'Host: a';
    const json = 'Content-Type: application/json';
    const head = (line: string, ...headers: string[]) => [line, ...headers, '', ''].join('\r\n');
    const post = (body: string, ...headers: string[]) =>
      head(`POST ${inference} HTTP/1.1`, `Content-Length: ${body.length}`, ...headers) + body;

    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

    interface Row {
      what: string;
      bytes: string;
      status: number;
      headers?: Record<string, string>;
      /** The server closes the connection. */
      closes?: true;
    }

    const rows: Row[] = [
      { what: 'an unknown path', bytes: head('GET /nope HTTP/1.1', host), status: 404 },
      {
        what: 'an unknown path with a body that is no JSON',
        bytes: `${head('POST /nope HTTP/1.1', host, json, 'Content-Length: 1')}{`,
        status: 404,
      },
      ...['GET', 'HEAD', 'PUT', 'OPTIONS', 'TRACE', 'QUERY'].map((method) => ({
        what: `${method} where only POST is`,
        bytes: head(`${method} ${inference} HTTP/1.1`, host),
        status: 405,
        headers: { allow: 'POST' },
      })),
      {
        what: 'POST where only GET is, with a body that is no JSON',
        bytes: `${head('POST /readiness HTTP/1.1', host, json, 'Content-Length: 1')}{`,
        status: 405,
        headers: { allow: 'GET, HEAD' },
      },
      {
        what: 'a method that the server does not know',
        bytes: head(`PROPFIND ${inference} HTTP/1.1`, host),
        status: 501,
      },
      {
        what: 'a tunnel',
        bytes: head('CONNECT a:443 HTTP/1.1', host),
        status: 501,
        closes: true,
      },
      { what: 'a path with a broken escape', bytes: head('GET /%zz HTTP/1.1', host), status: 400 },
      { what: 'a body that is no JSON', bytes: post('{', host, json), status: 400 },
      {
        what: 'a body that says it is too large',
        bytes: head(`POST ${inference} HTTP/1.1`, host, json, 'Content-Length: 40000001'),
        status: 413,
      },
      { what: 'a text', bytes: post(good, host, 'Content-Type: text/plain'), status: 415 },
      {
        what: 'an expectation that it does not know',
        bytes: post(good, host, json, 'Expect: the-unexpected'),
        status: 417,
      },
      { what: 'a failure of the model', bytes: post(good, host, json), status: 500 },
      { what: 'no Host', bytes: post(good, json), status: 400, closes: true },
      { what: 'two Hosts', bytes: post(good, host, json, host), status: 400, closes: true },
      {
        what: 'two Hosts where there is nothing',
        bytes: head('GET /nope HTTP/1.1', host, 'HOST: b'),
        status: 400,
        closes: true,
      },
      ...['a b', 'a/b', 'me@a', 'a:b', '[::1'].map((value) => ({
        what: `the Host "${value}"`,
        bytes: post(good, `Host: ${value}`, json),
        status: 400,
        closes: true as const,
      })),
      {
        what: 'chunks in HTTP/1.0',
        bytes: `${head(`POST ${inference} HTTP/1.0`, host, json, 'Transfer-Encoding: chunked')}${chunk(good)}0\r\n\r\n`,
        status: 400,
        closes: true,
      },
      { what: 'what is no HTTP', bytes: 'hello\r\n\r\n', status: 400, closes: true },
      {
        what: 'a length and chunks',
        bytes: post(good, host, json, 'Transfer-Encoding: chunked'),
        status: 400,
        closes: true,
      },
      {
        what: 'a chunk without a length',
        bytes: `${head(`POST ${inference} HTTP/1.1`, host, json, 'Transfer-Encoding: chunked')}zz\r\n`,
        status: 400,
        closes: true,
      },
      {
        what: 'headers that are too large',
        bytes: head('GET /readiness HTTP/1.1', host, `X: ${'a'.repeat(20_000)}`),
        status: 431,
        closes: true,
      },
    ];

    test.each(rows)('$what: $status', async ({ bytes, status, headers = {}, closes = false }) => {
      const answer = await ask(port, bytes);
      expect(answer.body).toEqual(bytes.startsWith('HEAD ') ? '' : form);
      expect(answer).toMatchObject({
        status,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(closes ? { connection: 'close' } : {}),
          ...headers,
        },
      });
    });

    test.each(['a', 'a:80', 'a:', 'a_b.example', '127.0.0.1:1', '[::1]:1', ''])(
      'the Host "%s" is as good as any',
      async (value) => {
        const bytes = head('GET /readiness HTTP/1.1', `Host: ${value}`);
        expect((await ask(port, bytes)).status).toBe(200);
      },
    );

    test('HTTP/1.0 needs no Host', async () => {
      expect((await ask(port, head('GET /readiness HTTP/1.0'))).status).toBe(200);
    });

    describe('what does not end within the time for a request is 408', () => {
      const late: [string, string, Record<string, number>][] = [
        ['a head', `POST ${inference} HTTP/1.1\r\n${host}\r\n`, {}],
        ['a body', post(good, host, json).slice(0, -1), { 408: 1 }],
        [
          'chunks',
          head(`POST ${inference} HTTP/1.1`, host, json, 'Transfer-Encoding: chunked') +
            chunk(good),
          { 408: 1 },
        ],
      ];
      test.each(late)('%s', async (_what, bytes, counted) => {
        const { server, lines } = await start({
          args: ['--system', system, '--port', '0', '--metrics-port', '0'].concat(
            '--request-timeout-ms',
            '200',
          ),
        });
        const { serving } = await server.listen();
        const answer = await ask(serving, bytes);
        expect(answer).toMatchObject({ status: 408, headers: { connection: 'close' }, body: form });
        const failures = lines.filter(({ msg }) => / failed: /.test(String(msg)));
        expect(failures.map(({ msg }) => String(msg).replace(/.*: /, ''))).toEqual(
          Object.keys(counted).map(() => 'The request took too long to arrive'),
        );
        const { body } = await server.metricsApp.inject('/metrics');
        const rows = [...body.matchAll(/^inference_requests_total\{.*status="(\d+)"\} (\d+)$/gm)];
        const counts = rows.map(([, status, count]) => [status, Number(count)] as const);
        expect(Object.fromEntries(counts.filter(([, count]) => count > 0))).toEqual(counted);
      });
    });
  },
);
