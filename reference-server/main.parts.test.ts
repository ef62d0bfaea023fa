import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bundle } from './bundle.ts';
import { ServerProcess } from './server-process.testing.ts';

const token = 'a-token-for-tests';

const score = (port: number, body = '{"data": [[1, 2, 3, 4]]}', signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${port}/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(signal ? { signal } : {}),
  });

const status = async (port: number, path: string) =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).status;

async function requestsByStatus(port: number): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const rows = [...text.matchAll(/^inference_requests_total\{.*status="(\d+)"\} (\d+)$/gm)];
  return Object.fromEntries(
    rows.map(([, code, count]) => [code, Number(count)]).filter(([, count]) => count !== 0),
  );
}

describe('the server as a process', () => {
  test('is alive while it loads, then ready, then serves', async () => {
    await using server = new ServerProcess(['--device', 'loadFixedMs=700']);
    const { ports } = await server.line(/^listening$/);
    const { serving } = { serving: 0, ...Object(ports) };
    expect([await status(serving, '/liveness'), await status(serving, '/readiness')]).toEqual([
      200, 503,
    ]);
    await server.ready();
    expect([await status(serving, '/liveness'), await status(serving, '/readiness')]).toEqual([
      200, 200,
    ]);
    expect((await score(serving)).status).toBe(200);
    expect(await status(serving, '/metrics')).toBe(404);
    expect(await status(serving, '/faults')).toBe(404);
  });

  test('SIGTERM: not ready at once, still serving, open requests finish, exit 0', async () => {
    await using server = new ServerProcess([
      '--drain-ms',
      '600',
      '--device',
      'fixedMs=1200,maxWaitMs=0,maxBatch=1,jitter=0',
    ]);
    const { serving } = await server.ready();
    // What is refused at once must not be taken for the end of what is open.
    for (const path of ['/nope', '/%zz']) await status(serving, path);
    const open = score(serving);
    server.child.kill('SIGTERM');
    await server.line(/^SIGTERM: draining$/);
    expect(await status(serving, '/readiness')).toBe(503);
    expect(await status(serving, '/liveness')).toBe(200);
    const late = await score(serving);
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
    expect((await open).status).toBe(200);
    expect(await server.exited).toBe(0);
    expect(server.lines.at(-1)?.['msg']).toBe('drained');
  });

  test('SIGTERM: a connection that never asked anything does not keep it', async () => {
    await using server = new ServerProcess(['--drain-ms', '100']);
    const { serving } = await server.ready();
    const silent = connect(serving, '127.0.0.1');
    await once(silent, 'connect');
    // It has been accepted once a later connection was served.
    expect(await status(serving, '/readiness')).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    silent.destroy();
  });

  test('SIGINT drains too, and a second signal ends at once', async () => {
    await using server = new ServerProcess(['--drain-ms', '60000']);
    await server.ready();
    server.child.kill('SIGINT');
    await server.line(/^SIGINT: draining$/);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(143);
  });

  test('a client that goes away counts once, and its place in the queue is free', async () => {
    await using server = new ServerProcess([
      '--device',
      'fixedMs=400,maxWaitMs=0,maxBatch=1,jitter=0,queueLimit=1',
    ]);
    const { serving, metrics } = await server.ready();
    const running = score(serving);
    const waiting = new AbortController();
    const gone = score(serving, undefined, waiting.signal).catch(() => 'gone');
    expect((await score(serving)).status).toBe(503);
    waiting.abort();
    expect(await gone).toBe('gone');
    await server.line(/failed: the client went away/);
    expect((await score(serving)).status).toBe(200);
    expect((await running).status).toBe(200);
    expect(await requestsByStatus(metrics)).toEqual({ 200: 2, 499: 1, 503: 1 });
  });

  test('a client that goes away in the middle of its body counts once', async () => {
    await using server = new ServerProcess([]);
    const { serving, metrics } = await server.ready();
    const agent = new Agent();
    const half = request({
      host: '127.0.0.1',
      port: serving,
      path: '/score',
      method: 'POST',
      agent,
    });
    half
      .setHeader('content-type', 'application/json')
      .setHeader('content-length', 100)
      .write('{"data"');
    half.on('error', () => {});
    await once(half, 'socket');
    // Its head has arrived once a later request has been answered.
    await score(serving);
    half.destroy();
    await server.line(/failed: the client went away/);
    expect(await requestsByStatus(metrics)).toEqual({ 200: 1, 499: 1 });
  });

  test('crash ends it without a word, and without the open request', async () => {
    await using server = new ServerProcess(['--admin-port', '0', '--device', 'fixedMs=60000'], {
      ADMIN_TOKEN: token,
    });
    const { serving, admin } = await server.ready();
    const open = score(serving).then(
      () => 'answered',
      () => 'cut',
    );
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`http://127.0.0.1:${admin}/crash`, { method: 'POST', headers }).catch(
      () => undefined,
    );
    expect(await open).toBe('cut');
    expect(await server.exited).toBe('SIGKILL');
  });

  test('a wrong configuration: every problem on a line of its own, exit 64', async () => {
    await using server = new ServerProcess(['--system', 'nope', '--drain-ms', 'soon', '--frob']);
    expect(await server.exited).toBe(64);
    expect(
      server.errorOutput
        .trim()
        .split('\n')
        .map((line) => line.split(': ')[1]),
    ).toEqual(['--frob', '--system', '--drain-ms']);
  });

  test('a port that is taken: one line, exit 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    await using server = new ServerProcess(['--port', String(taken)]);
    expect(await server.exited).toBe(1);
    expect(server.errorOutput).toMatch(new RegExp(`^reference-server: .*${taken}.*\n$`));
    other.close();
  });

  test('a Redis that is not there: one warning, requests served', async () => {
    await using server = new ServerProcess([], {
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: '1',
      REDIS_TLS: 'false',
    });
    const { serving } = await server.ready();
    for (let index = 0; index < 5; index += 1) {
      const response = await score(serving);
      expect([response.status, response.headers.get('cache-status')]).toEqual([
        200,
        'redis; fwd=miss; detail=unreachable',
      ]);
    }
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(server.lines.filter(({ msg }) => /Redis/.test(String(msg)))).toHaveLength(1);
  });
});

test('the bundle runs in an empty folder, with Node alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reference-server-'));
  try {
    await copyFile(await bundle(), join(folder, 'server.mjs'));
    const { stdout } = await promisify(execFile)(process.execPath, ['server.mjs', '--help'], {
      cwd: folder,
      env: {},
    });
    expect(stdout).toContain('--system');
    await using server = new ServerProcess([], {}, join(folder, 'server.mjs'));
    const { serving } = await server.ready();
    expect((await score(serving)).status).toBe(200);
  } finally {
    await rm(folder, { recursive: true });
  }
});
