import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ensureTool } from '../fixtures/tools/index.ts';
import { listenOnLoopback } from '../machine/loopback.ts';
import { drive, planFor, right } from './load.testing.ts';
import { foundClosed } from './outcomes.ts';
import { probe } from './probe.ts';

/** A server may close an idle connection at any time; a request that crosses that on its way is no request that the server failed. */

type Answer = (
  socket: Socket,
  request: { ofConnection: number; ofAll: number; isAsked: boolean },
) => void;

const good = (connection?: string) => (socket: Socket) => {
  const header = connection === undefined ? '' : `connection: ${connection}\r\n`;
  socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${header}content-length: ${right.length}\r\n\r\n${right}`,
  );
};

/** Speaks as much HTTP as k6's small requests need: one packet each. Returns `host:port`. */
async function rawServer(take: Answer): Promise<string> {
  const sockets = new Set<Socket>();
  let ofAll = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let ofConnection = 0;
    socket
      .on('error', () => undefined)
      .on('close', () => sockets.delete(socket))
      .on('data', (packet) => {
        const isAsked = /^connection: close/im.test(packet.toString('latin1'));
        take(socket, { ofConnection: ofConnection++, ofAll: ofAll++, isAsked });
      });
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listenOnLoopback(server);
}

const breaks = [
  (socket: Socket) => socket.resetAndDestroy(),
  (socket: Socket) => socket.end(),
  (socket: Socket) => socket.destroy(),
];
const breakAs = (socket: Socket, turn: number) => breaks[turn % breaks.length]?.(socket);

const seldom = {
  arrivals: { shape: 'constant', perSecond: 1 },
  warmupMs: 0,
  plannedMs: 4000,
} as const;
const often = {
  arrivals: { shape: 'constant', perSecond: 50 },
  warmupMs: 0,
  plannedMs: 600,
} as const;

describe('a request on a connection that was idle for long', () => {
  test('is sent once more where the server has closed it, in whatever way', async () => {
    const address = await rawServer((socket, { ofConnection, ofAll }) =>
      ofConnection === 0 ? good()(socket) : breakAs(socket, ofAll),
    );
    const { samples } = await drive(planFor(address, seldom));
    expect(samples.map(({ outcome, resent }) => [outcome, resent])).toEqual([
      ['ok', undefined],
      ['ok', 'broken'],
      ['ok', 'broken'],
      ['ok', 'broken'],
    ]);
  });

  test.for([
    ['on a new connection', () => true, seldom],
    [
      'on a connection in use',
      ({ ofConnection }: { ofConnection: number }) => ofConnection > 0,
      often,
    ],
    ['once more when it was sent again', ({ ofAll }: { ofAll: number }) => ofAll > 0, seldom],
  ] as const)('but what the server breaks %s is its failure', async ([, isBroken, load]) => {
    const address = await rawServer((socket, request) =>
      isBroken(request) ? breakAs(socket, request.ofAll) : good()(socket),
    );
    const { outcomes } = await drive(
      planFor(address, { ...load, plannedMs: Math.min(load.plannedMs, 2000) }),
    );
    expect(outcomes['reset']).toBeGreaterThan(0);
  });

  test('nor what it breaks after it has thought about it', async () => {
    const address = await rawServer((socket, { ofConnection, ofAll }) => {
      if (ofConnection === 0) good()(socket);
      else setTimeout(() => breakAs(socket, ofAll), 600);
    });
    const { outcomes, samples } = await drive(
      planFor(address, { ...seldom, plannedMs: 2000, timeoutMs: 2000 }),
    );
    expect(outcomes).toEqual({ ok: 1, reset: 1 });
    expect(samples.filter(({ resent }) => resent !== undefined)).toEqual([]);
  });
});

const closeAfter = (ms: number, connection?: string) => (socket: Socket) => {
  good(connection)(socket);
  if (ms === 0) socket.end();
  else setTimeout(() => socket.end(), ms);
};

/** What a server says and does when it is asked to close, and whether it can be asked under load: what is not said, k6 does not know. */
const closings = [
  ['says so and closes at once', closeAfter(0, 'close'), true],
  ['says so and closes a little later', closeAfter(60, 'close'), true],
  ['closes a little later and says nothing', closeAfter(60), false],
  ['keeps it and says nothing', good(), false],
  ['keeps it and says so', good('keep-alive'), false],
] as const;

test('a request that was never written, its connection found closed, is none that the server failed', async () => {
  // Now and then one comes back to a connection just when its end has been seen; which of them, nobody can say before.
  const address = await rawServer((socket) => {
    good()(socket);
    setTimeout(() => socket.end(), 3);
  });
  const arrivals = { shape: 'constant', perSecond: 200 } as const;
  const plan = planFor(address, {
    arrivals,
    warmupMs: 0,
    plannedMs: 2000,
    requestsPerConnection: null,
  });
  const { samples } = await drive(plan);
  expect(samples.filter(({ error = '' }) => foundClosed(error))).toEqual([]);
});

describe('a server that is asked to close a connection', () => {
  test.for(closings)('and %s: no request is lost to that', async ([, whenAsked, closes]) => {
    const address = await rawServer((socket, { isAsked }) =>
      (isAsked ? whenAsked : good())(socket),
    );
    expect(await probe((await ensureTool('k6')).path, planFor(address))).toMatchObject({
      kind: 'answered',
      wellFormed: true,
      closes,
    });
    const arrivals = { shape: 'constant', perSecond: 300 } as const;
    const plan = planFor(address, {
      arrivals,
      warmupMs: 0,
      plannedMs: 1000,
      requestsPerConnection: closes ? 10 : null,
    });
    expect((await drive(plan)).outcomes).toEqual({ ok: 300 });
  });
});
