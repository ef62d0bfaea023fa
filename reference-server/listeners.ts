import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { logController } from './log.ts';

/** A correlation id from outside goes into logs and headers, so only a plain one is taken. */
const plainId = /^[\w.:/+=@-]{1,128}$/;

/** The listener of clients and probes. */
export function createServingApp(
  logger: FastifyBaseLogger,
  replica: string,
  isDraining: () => boolean,
): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
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
  // Hooks with a callback: an async one costs a turn of the microtask queue on every request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-served-by', replica);
    if (isDraining()) reply.header('connection', 'close');
    done();
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url}` }),
  );
  return app;
}

/** A listener for those who run the server: metrics, faults. */
export function createSideApp(logger: FastifyBaseLogger): FastifyInstance {
  return Fastify({ loggerInstance: logger, logController });
}

/** Opens the listener. Returns its port, which matters when 0 was asked for. */
export async function listenOn(app: FastifyInstance, host: string, port: number): Promise<number> {
  await app.listen({ host, port });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Counts the requests that are open from now on. */
export function countOpen(app: FastifyInstance): () => number {
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
export async function closeOnceAnswered(app: FastifyInstance, open: () => number): Promise<void> {
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
