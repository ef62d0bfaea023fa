import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { addHealth } from './apis/health.ts';
import { addKServeV1, predictRoute } from './apis/kserve-v1.ts';
import { addScore, scoreRoute } from './apis/score.ts';
import { Inference } from './backends/simulated-gpu.ts';
import { RedisCache, type ResponseCache } from './cache/redis.ts';
import type { Config } from './config.ts';
import { Gpu } from './device/gpu.ts';
import { buildAdmin } from './faults/admin.ts';
import { Faults } from './faults/faults.ts';
import { logController } from './log.ts';
import { ServerMetrics } from './metrics/conventional.ts';
import { Tally } from './requests/context.ts';
import { randomStream } from './simulation/random.ts';
import { realTime, type Scheduler, sleep } from './simulation/scheduler.ts';

/** What the server needs from outside; a test hands in its own. */
export interface Dependencies {
  logger: FastifyBaseLogger;
  scheduler?: Scheduler;
  /** In place of the Redis of the configuration. */
  cache?: ResponseCache;
  /** Ends the process as if it had been killed. */
  crash?: () => void;
}

/** Ports in use, which matter when 0 was asked for. */
export interface Ports {
  serving: number;
  metrics: number;
  admin?: number;
}

export interface ReferenceServer {
  /** Inference and health. Use `inject()` in tests. */
  app: FastifyInstance;
  metricsApp: FastifyInstance;
  adminApp?: FastifyInstance;
  /** Opens the listeners; liveness answers from then on. */
  listen(): Promise<Ports>;
  /** Loads the models; readiness answers 200 once it is done. Returns why those were refused that do not fit. */
  load(): Promise<string[]>;
  /** Says `draining` to readiness probes for `drainMs` while still serving, lets open requests finish, then closes everything. */
  drain(): Promise<void>;
}

/** A correlation id from outside goes into logs and headers, so only a plain one is taken. */
const plainId = /^[\w.:/+=@-]{1,128}$/;

/** The whole server, not yet listening and with no model loaded. */
export function buildServer(config: Config, dependencies: Dependencies): ReferenceServer {
  const { logger, scheduler = realTime, crash = () => process.kill(process.pid, 'SIGKILL') } = dependencies;
  const { seed, replica, system } = config;
  const [model] = config.models;
  if (model === undefined) throw new Error(`system ${system.id} has no model`);

  const gpu = new Gpu(config.device, scheduler, randomStream(seed, replica, 'service time'), (name, requests) =>
    metrics.batch(name, requests),
  );
  const faults = new Faults(seed, replica, scheduler, (stall) => gpu.setStall(stall));
  const metrics = new ServerMetrics(config, gpu, system.api === 'score' ? scoreRoute : predictRoute);
  const redis =
    config.redis && system.cache && dependencies.cache === undefined
      ? new RedisCache(config.redis, system.cache.ttlSeconds, logger, randomStream(seed, replica, 'back-off of the cache'))
      : undefined;
  if (redis) metrics.cache.watch(redis);
  const cache = dependencies.cache ?? redis;
  const inference = new Inference({ config, gpu, scheduler, faults, metrics, cache });
  const books = { tally: new Tally(), metrics, faults };
  let draining = false;

  const app = buildServingApp(logger, replica, () => draining);
  const open = countOpen(app);
  addHealth(app, { inference, tally: books.tally, config, isDraining: () => draining });
  if (system.api === 'score') addScore(app, books, inference, config, model);
  else addKServeV1(app, books, inference, config);

  const metricsApp = Fastify({ loggerInstance: logger, logController });
  metricsApp.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  const adminApp = config.admin && buildAdmin(config.admin.token, faults, crash, logger);

  return {
    app,
    metricsApp,
    ...(adminApp ? { adminApp } : {}),
    async listen() {
      const { host, port, metricsPort, admin } = config;
      return {
        serving: await listenOn(app, host, port),
        metrics: await listenOn(metricsApp, host, metricsPort),
        ...(admin && adminApp ? { admin: await listenOn(adminApp, admin.host, admin.port) } : {}),
      };
    },
    load: () => inference.load(),
    async drain() {
      draining = true;
      if (config.drainMs > 0) await sleep(scheduler, config.drainMs);
      await closeOnceAnswered(app, open);
      cache?.close();
      await Promise.all([metricsApp.close(), adminApp?.close()]);
    },
  };
}

/** How many requests are open. */
function countOpen(app: FastifyInstance): () => number {
  let open = 0;
  app.addHook('onRequest', (_request, _reply, done) => {
    open += 1;
    done();
  });
  app.addHook('onResponse', (_request, _reply, done) => {
    open -= 1;
    done();
  });
  return () => open;
}

/** How long a connection may be silent while the server closes: what is on its way on loopback or a network comes sooner. */
const silentMs = 1000;

/**
 * Closes the listener, lets open requests finish, and ends what stays connected without asking anything: Node takes a connection that
 * has not sent its first request for a busy one, and would wait for it.
 */
async function closeOnceAnswered(app: FastifyInstance, open: () => number): Promise<void> {
  let silentSince = Date.now();
  const sweep = setInterval(() => {
    app.server.closeIdleConnections();
    if (open() > 0) silentSince = Date.now();
    else if (Date.now() - silentSince >= silentMs) app.server.closeAllConnections();
  }, 50);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}

function buildServingApp(loggerInstance: FastifyBaseLogger, replica: string, isDraining: () => boolean): FastifyInstance {
  const app = Fastify({
    loggerInstance,
    logController,
    genReqId({ headers }) {
      const given = headers['x-request-id'];
      return typeof given === 'string' && plainId.test(given) ? given : randomUUID();
    },
    // A request that was on its way when the listener closed is still answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
  });
  app.decorateRequest('exchange', null);
  // Hooks with a callback: an async one costs a turn of the microtask queue on every request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-served-by', replica);
    if (isDraining()) reply.header('connection', 'close');
    done();
  });
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ error: `there is no ${request.method} ${request.url}` }));
  return app;
}

async function listenOn(app: FastifyInstance, host: string, port: number): Promise<number> {
  await app.listen({ host, port });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
