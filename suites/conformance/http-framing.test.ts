import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listenOnLoopback } from '../../machine/loopback.ts';
import { deviations, judgeExternal } from '../runner/external-session.testing.ts';
import { httpFraming } from './checks/http-framing.ts';

const all = ['two Hosts', 'no Host', 'two lengths'];

/** The check on a server that sends these words and goes; what the server read is put into `read`. */
async function judged(words: string, read: string[] = []) {
  const server = createServer((socket) => {
    socket.setEncoding('latin1').once('data', (text: string) => {
      read.push(text);
      socket.end(words);
    });
  });
  onTestFinished(() => void server.close());
  const host = await listenOnLoopback(server);
  const service = { url: `http://${host}`, api: 'score', model: 'm' } as const;
  return { host, verdicts: await judgeExternal(service, [[httpFraming]]) };
}

test.each([
  ['a server that refuses', 'HTTP/1.1 400 Bad Request\r\n\r\n', {}],
  ['one that takes them', 'HTTP/1.1 200 OK\r\n\r\n', { 'http-framing': all }],
  ['one that goes away', '', { 'http-framing': all }],
  ['one that speaks no HTTP', 'hello\r\n', { 'http-framing': all }],
])('%s', async (_, words, expected) => {
  expect(deviations((await judged(words)).verdicts)).toEqual(expected);
});

test('lines are sent as they stand, and the command line sends the same', async () => {
  const read: string[] = [];
  const { host, verdicts } = await judged('HTTP/1.1 200 OK\r\n\r\n', read);
  const body = '{"data":[[1,2]]} ';
  const rest = `Content-Type: application/json\r\nConnection: close\r\n\r\n${body}`;
  const start = 'POST /score HTTP/1.1\r\n';
  expect(read).toEqual([
    `${start}Host: ${host}\r\nHost: tailgate.invalid\r\nContent-Length: 17\r\n${rest}`,
    `${start}Content-Length: 17\r\n${rest}`,
    `${start}Host: ${host}\r\nContent-Length: 17\r\nContent-Length: 16\r\n${rest}`,
  ]);
  const escaped = read[1]?.replaceAll('\r\n', '\\r\\n');
  expect(verdicts).toMatchObject([
    {
      evidence: {
        shown: [{}, { repeat: `printf '${escaped}' | nc ${host.replace(':', ' ')}` }, {}],
      },
    },
  ]);
});

test('where a proxy would read it first, nothing is sent', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://proxy.invalid:3128');
  onTestFinished(() => void vi.unstubAllEnvs());
  const service = { url: 'http://service.invalid', api: 'score', model: 'm' } as const;
  expect(await judgeExternal(service, [[httpFraming]])).toMatchObject([
    { reason: { code: 'check-skipped', why: expect.stringContaining('a proxy stands between') } },
  ]);
});
