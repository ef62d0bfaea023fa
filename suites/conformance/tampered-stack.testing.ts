import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { chooseRuntime } from '../../fixtures/choose-runtime.ts';
import { type LentStack, lendStack } from '../../fixtures/lent-stack.ts';
import { startStack } from '../../fixtures/stack.ts';
import type { Topology } from '../../fixtures/topology.ts';
import { listenOnLoopback } from '../../machine/loopback.ts';
import type { CheckParams, Observation } from '../../slo/check-record.ts';
import { connectionAs, dispatcherAs } from '../../traffic/node-client.ts';
import type { Check, CheckContext } from '../runner/check.ts';
import { expectInto } from '../runner/expect.ts';
import { httpFor } from '../runner/http.ts';
import { rawFor } from '../runner/raw.ts';
import { openCache } from './inside/cache.ts';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** What stands between a stack and a check, made anew for each run of one. Nothing of it: the check sees the stack as it is. */
export interface Tampering {
  /** What the service gets for a body of `/score`. */
  body?(text: string): string;
  /** What comes back for what the service answered. `cacheGone`: the check has killed Redis. */
  reply?(reply: Reply, asked: { path: string; body: string; cacheGone: boolean }): Reply;
  delayMs?: number;
  metrics?(text: string): string;
  log?(text: string): string;
  /** Settings of Redis during the check, and after it. */
  redis?: Readonly<Record<string, string>>;
  redisAfter?: Readonly<Record<string, string>>;
  /** Where the check looks for Redis, of the ports that it listens on. */
  cachePort?: number;
}

export interface TamperedStack extends AsyncDisposable {
  /** What a check sees, tampered with; the cache is empty before. What a check throws is thrown. */
  observe(check: Check, params: CheckParams, tampering?: Tampering): Promise<Observation[]>;
}

/** For tests: a stack of processes that checks see through a proxy. */
export async function tamperedStack(topology: Topology): Promise<TamperedStack> {
  const logs = mkdtempSync(join(tmpdir(), 'tailgate-test-'));
  const runtime = await chooseRuntime('processes', { logFolder: logs });
  const stack = await startStack({ system: 'mlops-aks', runtime, seed: 1, topology });
  const lent = lendStack(stack, { number: 1, logFolder: logs }, () => undefined);
  let now: Tampering = {};
  let isKilled = false;
  let cacheGone = false;
  const service = await proxy(stack.url, async ({ path, body }, ask) => {
    const isScore = path === '/score';
    const reply = await ask(isScore && now.body ? now.body(body) : undefined);
    if (now.delayMs !== undefined) await delay(now.delayMs);
    return now.reply?.(reply, { path, body, cacheGone }) ?? reply;
  });
  const [server] = lent.replicas;
  if (server === undefined) throw new Error('the stack has no server');
  const metrics = await proxy(new URL(server.metricsUrl).origin, async (_, ask) => {
    const reply = await ask();
    return { ...reply, text: now.metrics?.(reply.text) ?? reply.text };
  });
  const shown = (): LentStack => {
    const { cache } = lent;
    const metricsUrl = `${metrics.url}/metrics`;
    const log = () => now.log?.(server.log()) ?? server.log();
    if (cache === undefined) return { ...lent, replicas: [{ ...server, metricsUrl, log }] };
    const address =
      now.cachePort === undefined
        ? cache.address
        : `${cache.address.split(':')[0]}:${now.cachePort}`;
    const kill = async () => {
      // A check that comes after another which killed it sees the same.
      if (!isKilled) await cache.kill();
      isKilled = true;
      cacheGone = true;
    };
    return {
      ...lent,
      replicas: [{ ...server, metricsUrl, log }],
      cache: { ...cache, address, kill },
    };
  };
  /** Sets up an empty Redis. */
  const redis = async (settings: Tampering['redis'] = {}) => {
    if (lent.cache === undefined || isKilled) return;
    await using opened = await openCache(lent.cache);
    await opened.client.flushAll();
    for (const [name, value] of Object.entries(settings))
      await opened.client.configSet(name, value);
  };
  let exchanges = 0;
  return {
    async observe(check, params, tampering = {}) {
      now = tampering;
      cacheGone = false;
      await redis(tampering.redis);
      const observations: Observation[] = [];
      const { signal } = new AbortController();
      const options = {
        url: service.url,
        headers: {},
        dispatcher: dispatcherAs({}, {}),
        redact: (text: string) => text,
        write: () => undefined,
        next: () => exchanges++,
        run: 0,
        now: () => 0,
        signal,
      };
      const context: CheckContext = {
        api: 'score',
        model: '',
        signal,
        stack: shown(),
        expect: expectInto(
          (observation) => void observations.push(observation),
          (text) => text,
        ),
        http: httpFor(options),
        raw: rawFor(options, connectionAs({})),
      };
      try {
        await check.run?.(context, params);
      } finally {
        now = {};
        await redis(tampering.redisAfter);
      }
      return observations;
    },
    async [Symbol.asyncDispose]() {
      service.close();
      metrics.close();
      await runtime.stop();
      rmSync(logs, { recursive: true, force: true });
    },
  };
}

type Asked = { path: string; body: string };
type Ask = (body?: string) => Promise<Reply>;

/** A proxy on the loopback. `ask` passes a request on, with another body if one is given. */
async function proxy(to: string, answer: (asked: Asked, ask: Ask) => Promise<Reply>) {
  const server = createServer(async (incoming, outgoing) => {
    const bytes = await bytesOf(incoming);
    const { url: path = '/', method = 'GET', headers } = incoming;
    const type = headers['content-type'];
    const ask: Ask = async (body) => {
      const {
        statusCode,
        headers: back,
        body: answered,
      } = await request(`${to}${path}`, {
        method,
        headers: type === undefined ? {} : { 'content-type': type },
        body: method === 'GET' ? null : (body ?? bytes),
      });
      const kept = ['content-type', 'cache-status'].flatMap((name): [string, string][] =>
        back[name] === undefined ? [] : [[name, String(back[name])]],
      );
      return { status: statusCode, headers: Object.fromEntries(kept), text: await answered.text() };
    };
    const reply = await answer({ path, body: bytes.toString() }, ask).catch((error: unknown) => ({
      status: 502,
      headers: {},
      text: String(error),
    }));
    outgoing.writeHead(reply.status, reply.headers).end(reply.text);
  });
  return { url: `http://${await listenOnLoopback(server)}`, close: () => server.close() };
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
