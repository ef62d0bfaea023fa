import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect, createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ensureTool } from '../fixtures/tools/index.ts';
import { listenInTest } from '../machine/loopback.testing.ts';
import { testCertificate } from './certificate.testing.ts';
import { answer, drive, planFor, right, serve } from './load.testing.ts';
import { probe } from './probe.ts';

/** Requests are independent: nothing that one answer says, and no connection that one of them opened, decides where the next ones go. */

interface Told {
  cookies: (string | undefined)[];
  paths: Set<string | undefined>;
  sockets: Set<unknown>;
}

/** What a server is told by a load, with each answer made by `listener`. */
async function told(listener: RequestListener): Promise<{ address: string; seen: Told }> {
  const seen: Told = { cookies: [], paths: new Set(), sockets: new Set() };
  const address = await serve((request, response) => {
    seen.cookies.push(request.headers.cookie);
    seen.paths.add(request.url);
    seen.sockets.add(request.socket);
    listener(request, response);
  });
  return { address, seen };
}

const load = {
  arrivals: { shape: 'constant', perSecond: 200 },
  warmupMs: 200,
  plannedMs: 800,
} as const;

/** What the answers of one server say in turn, each of which a client with a memory would act upon. */
const answers = [
  ['a cookie for the session', { 'set-cookie': `affinity=${randomUUID()}` }, 200],
  ['a cookie for every path, for an hour', { 'set-cookie': 'route=r2; Path=/; Max-Age=3600' }, 200],
  [
    'a cookie of the host, out of reach of scripts',
    { 'set-cookie': 'JSESSIONID=1; Path=/score; HttpOnly; SameSite=Lax' },
    200,
  ],
  ['a cookie with an error', { 'set-cookie': 'lb=dead' }, 503],
  ['a cookie with a redirect', { 'set-cookie': 'lb=1', location: '/elsewhere' }, 302],
  ['a redirect that keeps the method', { location: '/elsewhere' }, 307],
  ['a redirect for ever', { location: '/elsewhere' }, 308],
] as const;

describe('what an answer says', () => {
  test('the next request knows nothing of it', async () => {
    let turn = 0;
    const { address, seen } = await told((request, response) => {
      const [, headers, status] = answers[turn++ % answers.length] ?? answers[0];
      answer(right, status, headers)(request, response);
    });
    const { outcomes } = await drive(planFor(address, load));
    expect([...new Set(seen.cookies)]).toEqual([undefined]);
    expect([...seen.paths]).toEqual(['/score']);
    expect(Object.keys(outcomes).sort()).toEqual(['http', 'ok']);
  });

  test('a redirect is followed as often as was asked', async () => {
    const { address, seen } = await told((request, response) => {
      const hop = Number(/\d+$/.exec(request.url ?? '')?.[0] ?? 0);
      answer(
        right,
        hop < 2 ? 307 : 200,
        hop < 2 ? { location: `/hop/${hop + 1}` } : {},
      )(request, response);
    });
    expect((await drive(planFor(address, { redirects: 2 }))).outcomes).toEqual({ ok: 50 });
    expect((await drive(planFor(address, { redirects: 1 }))).outcomes).toEqual({ http: 50 });
    expect([...seen.paths]).toEqual(['/score', '/hop/1', '/hop/2']);
  });

  test('a cookie that pins each client to one of three replicas: all three get load, the bad one too', async () => {
    const counts = new Map<string, number>();
    let turn = 0;
    const address = await serve((request, response) => {
      const replica =
        /replica=(r\d)/.exec(request.headers.cookie ?? '')?.[1] ?? `r${(turn++ % 3) + 1}`;
      counts.set(replica, (counts.get(replica) ?? 0) + 1);
      const headers = { 'set-cookie': `replica=${replica}; Path=/`, 'x-served-by': replica };
      answer(right, replica === 'r3' ? 500 : 200, headers)(request, response);
    });
    const { outcomes, samples } = await drive(planFor(address, load));
    expect([...counts.keys()].sort()).toEqual(['r1', 'r2', 'r3']);
    expect(outcomes['http']).toBeGreaterThan(samples.length / 4);
  });

  test('a cookie of the user’s own is sent with every request, as it is', async () => {
    const { address, seen } = await told(answer(right, 200, { 'set-cookie': 'tenant=other' }));
    await drive(planFor(address, { ...load, headers: { Cookie: 'tenant=a; key=b' } }));
    expect([...new Set(seen.cookies)]).toEqual(['tenant=a; key=b']);
  });
});

/** Hands each connection, not each request, to the next of its backends. */
async function connectionBalancer(backends: readonly string[]): Promise<string> {
  let turn = 0;
  const balancer = createTcpServer((client) => {
    const [host = '', port = ''] = backends[turn++ % backends.length]?.split(':') ?? [];
    const backend = connect(Number(port), host);
    client.pipe(backend).pipe(client);
    for (const [one, other] of [
      [client, backend],
      [backend, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  return listenInTest(balancer);
}

async function backends(
  count: number,
  make: (listener: RequestListener) => Server,
): Promise<{ all: string[]; hits: number[] }> {
  const hits = Array.from({ length: count }, () => 0);
  const all = await Promise.all(
    hits.map((_, at) =>
      serve(
        () => undefined,
        make((request, response) => {
          hits[at] = (hits[at] ?? 0) + 1;
          answer()(request, response);
        }),
      ),
    ),
  );
  return { all, hits };
}

/** Twelve connections' worth of requests, one after the other, so that nothing but giving connections up spreads them. */
const steady = {
  arrivals: { shape: 'constant', perSecond: 800 },
  warmupMs: 200,
  plannedMs: 1300,
  timeoutMs: 1000,
} as const;

describe('a balancer that spreads connections, not requests', () => {
  test('all of eight replicas get load', async () => {
    const { all, hits } = await backends(8, (listener) => createServer(listener));
    const { outcomes } = await drive(planFor(await connectionBalancer(all), steady));
    expect(outcomes).toEqual({ ok: 1200 });
    expect(Math.min(...hits), hits.join(' ')).toBeGreaterThan(0);
  });

  test('also where the load is made by clients that wait for their answers', async () => {
    const { all, hits } = await backends(8, (listener) => createServer(listener));
    await drive(
      planFor(await connectionBalancer(all), {
        ...steady,
        arrivals: { shape: 'closed', concurrency: 1 },
      }),
    );
    expect(Math.min(...hits), hits.join(' ')).toBeGreaterThan(0);
  });

  test('also where the replicas would carry all requests in one connection of HTTP/2', async () => {
    using files = await testCertificate();
    const versions = new Set<string>();
    const hits = Array.from({ length: 4 }, () => 0);
    const all = await Promise.all(
      hits.map(async (_, at) => {
        const server = createSecureServer(
          { key: files.key, cert: files.cert, allowHTTP1: true },
          (request, response) => {
            versions.add(request.httpVersion);
            hits[at] = (hits[at] ?? 0) + 1;
            request.resume().on('end', () => response.end(right));
          },
        );
        return listenInTest(server);
      }),
    );
    const balancer = await connectionBalancer(all);
    const { outcomes } = await drive(
      planFor(balancer, { ...steady, url: `https://${balancer}`, caFile: files.caFile }),
    );
    expect(outcomes).toEqual({ ok: 1200 });
    expect(Math.min(...hits), hits.join(' ')).toBeGreaterThan(0);
    expect([...versions]).toEqual(['1.1']);
  });
});

describe('connections', () => {
  test('are kept for many requests, and given up after as many as was asked', async () => {
    for (const [requestsPerConnection, least, most] of [
      [400, 3, 60],
      [20, 60, 200],
    ] as const) {
      const { address, seen } = await told(answer());
      const { samples } = await drive(planFor(address, { ...steady, requestsPerConnection }));
      expect(samples.length).toBe(1200);
      expect(
        seen.sockets.size,
        `${requestsPerConnection} requests a connection`,
      ).toBeGreaterThanOrEqual(least);
      expect(seen.sockets.size, `${requestsPerConnection} requests a connection`).toBeLessThan(
        most,
      );
    }
  });

  test('of a server that says it keeps them, asked or not, are left alone: no request is lost to that', async () => {
    const address = await serve((request, response) => {
      request
        .resume()
        .on('end', () => response.writeHead(200, { connection: 'keep-alive' }).end(right));
    });
    // As the gate does: what the first answer tells decides whether the load asks at all. A server like Node's own takes no more requests
    // on a connection that it was asked to close, whatever it says of it.
    const first = await probe((await ensureTool('k6')).path, planFor(address));
    expect(first).toMatchObject({ kind: 'answered', closes: false });
    const { samples } = await drive(planFor(address, { ...steady, requestsPerConnection: null }));
    expect(samples.filter(({ phase, outcome }) => phase === 'judged' && outcome !== 'ok')).toEqual(
      [],
    );
  });
});
