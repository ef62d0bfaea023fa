import { EventEmitter } from 'node:events';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { apis } from './apis/index.ts';
import { SimulatedGpu } from './backends/simulated-gpu.ts';
import { RedisCache } from './cache/redis.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import type { Config } from './config.ts';
import { Gpu } from './device/gpu.ts';
import { addFaultRoutes } from './faults/fault-routes.ts';
import { Faults } from './faults/faults.ts';
import { bearerToken } from './guards/bearer-token.ts';
import {
  closeOnceAnswered,
  countOpen,
  createServingApp,
  createSideApp,
  type Listening,
  listenOn,
  refuseOthers,
} from './listeners.ts';
import type { MetricSet, Observed } from './metrics/metric-set.ts';
import { CachedAnswers } from './requests/cached-answers.ts';
import { newRequestId } from './requests/context.ts';
import type { ErrorBody } from './requests/errors.ts';
import type { EventMap, ServerEvents } from './requests/events.ts';
import { randomStream } from './simulation/random.ts';
import { realTime, type Scheduler, sleep } from './simulation/scheduler.ts';

/** What the server needs from outside; a test hands in its own. */
interface Dependencies {
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

/** The whole server, not yet listening and with no model loaded. */
export function buildServer(config: Config, dependencies: Dependencies): ReferenceServer {
  const {
    logger,
    scheduler = realTime,
    crash = () => process.kill(process.pid, 'SIGKILL'),
  } = dependencies;
  const { seed, replica, system, models, device, deployment } = config;
  const [model] = models;
  if (model === undefined) throw new Error(`system ${system.id} has no model`);

  const events: ServerEvents = new EventEmitter<EventMap>();
  const gpu = new Gpu(
    device,
    scheduler,
    randomStream(seed, replica, 'service time'),
    (name, requests) => events.emit('batchStarted', { model: name, requests }),
  );
  const faults = new Faults(seed, replica, scheduler, (stall) => gpu.setStall(stall));
  events.on('requestEnded', (outcome) => {
    if (!faults.hidesThisOne()) events.emit('requestReported', outcome);
  });
  const backend = new SimulatedGpu(models, gpu, scheduler, faults, events);
  const redis = dependencies.cache ? undefined : connectCache(config, logger);
  const cache = dependencies.cache ?? redis;
  const isDraining = () => draining;
  let draining = false;

  const errorBody: ErrorBody = (refusal, requestId = newRequestId()) =>
    system.errors(refusal, { requestId, modelVersion: model.version });
  const listening = { logger, errorBody, requestTimeoutMs: config.requestTimeoutMs };
  const app = createServingApp(listening, system.limits.characters, replica, isDraining);
  const open = countOpen(app);
  const context = {
    backend,
    cache: cache && new CachedAnswers(cache, events),
    events,
    guards: system.guards,
    limits: system.limits,
    models,
    model,
    deployment,
    isDraining,
  };
  for (const name of system.apis) apis[name].mount(app, context);
  refuseOthers(app);

  const metricsApp = createMetricsApp(listening, system.metrics, {
    events,
    gpu,
    gpuModel: device.modelName,
    seed,
    replica,
    hasCache: system.cache !== undefined,
    cache: redis,
    routes: system.apis.flatMap((name) => apis[name].inferenceRoutes),
    models: models.map(({ name }) => name),
  });
  const adminApp = config.admin && createAdminApp(listening, config.admin.token, faults, crash);

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
    load: () => backend.load(),
    async drain() {
      draining = true;
      if (config.drainMs > 0) await sleep(scheduler, config.drainMs);
      await closeOnceAnswered(app, open);
      cache?.close();
      await Promise.all([metricsApp.close(), adminApp?.close()]);
    },
  };
}

function connectCache(
  { redis, system, seed, replica }: Config,
  logger: FastifyBaseLogger,
): RedisCache | undefined {
  if (redis === undefined || system.cache === undefined) return undefined;
  return new RedisCache(
    redis,
    system.cache.ttlSeconds,
    logger,
    randomStream(seed, replica, 'back-off of the cache'),
  );
}

function createMetricsApp(
  listening: Listening,
  metrics: MetricSet,
  observed: Observed,
): FastifyInstance {
  const registry = new Registry();
  metrics(registry, observed);
  const app = createSideApp(listening);
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  refuseOthers(app);
  return app;
}

/** The listener that switches faults on: a port of its own, every request with the bearer token. */
function createAdminApp(
  listening: Listening,
  token: string,
  faults: Faults,
  crash: () => void,
): FastifyInstance {
  const app = createSideApp(listening);
  bearerToken(token)(app);
  addFaultRoutes(app, faults, crash);
  refuseOthers(app);
  return app;
}
