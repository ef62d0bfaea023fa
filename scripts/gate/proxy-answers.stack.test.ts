import { createServer } from 'node:http';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { listenInTest } from '../../machine/loopback.testing.ts';
import { askFirst, stubEnvironment } from './first-request.testing.ts';

/** What a proxy answers itself is nothing that the service can be charged with. */

beforeEach(() => {
  stubEnvironment();
  return () => vi.unstubAllEnvs();
});

/** A proxy that leads nowhere and answers all by itself; what it says when asked for a tunnel is written as it is. */
async function proxyThatAnswers({ status = 502, text = '', tunnel = '' }): Promise<string> {
  const server = createServer((_, response) => void response.writeHead(status).end(text));
  server.on('connect', (_, socket) => {
    socket.on('error', () => undefined);
    socket.end(tunnel);
  });
  return listenInTest(server);
}

async function endOf(asking: Promise<string>): Promise<unknown> {
  return asking.catch((reason: unknown) => reason);
}

describe('a proxy that asks for user and password (407) ends the run before load, with how they are given', () => {
  test.for([
    ['HTTP_PROXY', '', /asks for a user and a password/],
    ['http_proxy', '', /asks for a user and a password/],
    ['HTTP_PROXY', 'hunter:two22@', /does not take the user and the password/],
    ['HTTP_PROXY', 'hunter@', /does not take the user and the password/],
    ['http_proxy', 'hunter:two%2322@', /does not take the user and the password/],
  ] as const)('%s with %j before the host', async ([variable, user, says]) => {
    const at = await proxyThatAnswers({ status: 407, text: 'no hunter, no two22, no two#22' });
    vi.stubEnv(variable, `http://${user}${at}`);
    const end = await endOf(askFirst('http://svc.invalid:9000'));
    expect(end).toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: expect.stringMatching(says),
    });
    expect(String(end)).toContain(
      `${variable}=http://user:password@${at}, special characters percent-encoded`,
    );
    expect(String(end)).not.toMatch(/hunter|two/);
  });
});

describe('a proxy that refuses a tunnel ends the run before load, with its words', () => {
  test.for([
    ['407 Proxy Authentication Required', 'Proxy Authentication Required'],
    ['403 Proxy says no', 'Proxy says no'],
    ['403 no such host', 'no such host'],
    ['403 Forbidden for hunter:two22', 'Forbidden for [redacted]'],
    ['502 Bad Gateway', 'Bad Gateway'],
    ['503 ', 'without a word'],
    ['504', 'unknown status code'],
  ] as const)('%s', async ([status, words]) => {
    const at = await proxyThatAnswers({ tunnel: `HTTP/1.1 ${status}\r\n\r\n` });
    vi.stubEnv('HTTPS_PROXY', `http://hunter:two22@${at}`);
    const end = await endOf(askFirst('https://svc.invalid:9000'));
    expect(end).toMatchObject({ code: 'SERVICE_UNREACHABLE' });
    expect(String(end)).toMatch(/the proxy refused to lead there/);
    expect(String(end)).toContain(words);
    expect(String(end)).toContain(
      `HTTPS_PROXY=http://user:password@${at}, special characters percent-encoded`,
    );
    expect(String(end)).not.toMatch(/hunter|two|listens there/);
  });

  test.for([
    ['closes the connection', ''],
    ['speaks something else', 'hello\r\n\r\n'],
    ['leads to what ends at once', 'HTTP/1.1 200 OK\r\n\r\n'],
  ] as const)('one that %s has refused nothing', async ([, tunnel]) => {
    vi.stubEnv('HTTPS_PROXY', `http://${await proxyThatAnswers({ tunnel })}`);
    const end = await endOf(askFirst('https://svc.invalid:9000'));
    expect(end).toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: expect.not.stringMatching(/refused to lead/),
    });
  });
});

describe('a wrong answer through a proxy that may be its own is said to', () => {
  test.for([
    [502, true],
    [503, true],
    [504, true],
    [500, false],
    [404, false],
  ] as const)('status %d: %s', async ([status, may]) => {
    vi.stubEnv('HTTP_PROXY', `http://${await proxyThatAnswers({ status })}`);
    const said = await askFirst('http://svc.invalid:9000');
    expect(said).toContain(`status ${status}`);
    expect(/may be the proxy’s own answer/.test(said)).toBe(may);
  });

  test.for([502, 407])('status %d without a proxy is the service’s', async (status) => {
    const said = await askFirst(`http://${await proxyThatAnswers({ status })}`);
    expect(said).toMatch(new RegExp(`Warning: .*status ${status}`));
    expect(said).not.toContain('proxy');
  });
});
