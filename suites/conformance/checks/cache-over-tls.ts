import { connect as connectPlain, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { z } from 'zod';
import type { LentCache } from '../../../fixtures/lent-stack.ts';
import { splitAddress } from '../../../fixtures/spec/address.ts';
import { check } from '../../runner/check.ts';
import { is, matching } from '../../runner/matchers.ts';
import { cacheOf, fromCache, isHit } from '../inside/cache.ts';
import { newRow, score } from '../inside/server.ts';
import { smallCache } from '../inside/stacks.ts';

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
type Version = (typeof versions)[number];

const answerWithinMs = 2_000;
/** A service that just started, until it has its connection to Redis. */
const connectedWithinMs = 3_000;

export const cacheOverTls = check({
  id: 'cache-over-tls',
  about: 'the service reaches Redis over TLS; Redis takes neither plain text nor an older TLS',
  needs: ['score', 'stack'],
  topology: smallCache,
  params: z.object({ least: z.enum(versions) }),
  async run({ http, expect, stack, signal }, { least }) {
    const cache = cacheOf(stack);
    const data = [newRow()];
    const again = await fromCache(() => score(http, data), { signal, withinMs: connectedWithinMs });
    expect.value('an answer from the cache', isHit(again), is(true), again);

    // What Redis says begins with one of these; a TLS alert does not (RFC 8446, section 6).
    const nothing = matching(/^[^-+:$*]/, 'no answer of Redis');
    expect.value('a PING in plain text', await saidTo(plain(cache)), nothing);
    const refused = matching(/alert protocol version/, "refused, by Redis' own alert");
    for (const older of versions.slice(0, versions.indexOf(least)))
      expect.value(
        `a PING over ${older}, which is too old`,
        await saidTo(over(older, cache)),
        refused,
      );
    const answered = matching(/^-NOAUTH/, 'an answer of Redis');
    const pong = await saidTo(over(least, cache));
    expect.value('a PING over the oldest TLS that is to do', pong, answered);
  },
});

function plain({ address }: LentCache): Socket {
  const [host, port] = splitAddress(address);
  return connectPlain({ host, port: Number(port) });
}

/** Security level 0 of OpenSSL, at which our side offers the old versions: whoever refuses them is Redis. */
function over(version: Version, { address, ca }: LentCache): Socket {
  const [host, port] = splitAddress(address);
  return connect({
    host,
    port: Number(port),
    minVersion: version,
    maxVersion: version,
    ciphers: 'DEFAULT@SECLEVEL=0',
    ...(ca !== undefined && { ca }),
  });
}

/** The first that comes back to a PING, without a password; or why nothing does. */
function saidTo(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const end = (what: string) => {
      clearTimeout(limit);
      socket.destroy();
      resolve(what);
    };
    const limit = setTimeout(() => end('nothing, and it stays open'), answerWithinMs);
    socket.on('data', (data) => end(data.toString('latin1')));
    socket.on('error', (error) => end(error.message));
    socket.on('close', () => end('closed'));
    socket.write('PING\r\n');
  });
}
