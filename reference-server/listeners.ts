import { randomUUID } from 'node:crypto';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { logController } from './log.ts';
import { answerBelow, answerError, answerUnreadable, type ErrorBody } from './requests/errors.ts';
import { framingFault } from './requests/framing.ts';
import { Refusal } from './requests/refusal.ts';

/** A correlation id from outside goes into logs and headers, so only a plain one is taken. */
const plainId = /^[\w.:/+=@-]{1,128}$/;

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of each path that has a route. */
    methods: ReadonlyMap<string, ReadonlySet<string>>;
  }
}

/** What all listeners have in common. */
export interface Listening {
  logger: FastifyBaseLogger;
  errorBody: ErrorBody;
  /** A request has to have arrived within it, body included. */
  requestTimeoutMs: number;
}

/** How often Node looks for requests that take too long to arrive, at least. */
const lookEveryMs = 1_000;

/** `mostCharacters` is what a body can have at most, as those are told who send more. */
function createApp(
  { logger, errorBody, requestTimeoutMs }: Listening,
  mostCharacters: number,
  options: FastifyServerOptions = {},
): FastifyInstance {
  const answer = answerError(errorBody, mostCharacters);
  const app = Fastify({
    loggerInstance: logger,
    logController,
    // A request that was on its way when the listener closed is still answered.
    return503OnClosing: false,
    frameworkErrors: answer,
    clientErrorHandler: answerUnreadable(errorBody),
    requestTimeout: requestTimeoutMs,
    http: {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(lookEveryMs, requestTimeoutMs),
      // Node would answer in a form of its own.
      requireHostHeader: false,
    },
    ...options,
  });
  app.decorateRequest('inference', null);
  const methods = new Map<string, Set<string>>();
  app.decorate('methods', methods);
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, new Set([...(methods.get(url) ?? []), method].flat()));
  });
  app.setErrorHandler(answer);
  answerBelow(app, errorBody);
  return app;
}

/** The listener of clients and probes. */
export function createServingApp(
  listening: Listening,
  mostCharacters: number,
  replica: string,
  isDraining: () => boolean,
): FastifyInstance {
  const app = createApp(listening, mostCharacters, {
    genReqId({ headers }) {
      const given = headers['x-request-id'];
      return typeof given === 'string' && plainId.test(given) ? given : randomUUID();
    },
    forceCloseConnections: 'idle',
  });
  // Hooks with a callback: an async one costs a turn of the microtask queue on every request.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-served-by', replica);
    if (isDraining()) reply.header('connection', 'close');
    done();
  });
  return app;
}

/**
 * Refuses, before its body is read, what is badly framed (400) or for no route: 404 for a path that there is not, 405 for another method on
 * one that there is (RFC 9110 section 15.5.6), 501 for a method that no path has. To be called once the routes and their guards are there.
 */
export function refuseOthers(app: FastifyInstance): void {
  app.addHook('onRequest', ({ is404, method, url, raw }, _reply, done) => {
    const fault = framingFault(raw);
    if (fault !== undefined) done(new Refusal('BAD_REQUEST', fault, { connection: 'close' }));
    else if (!is404) done();
    else if (app.supportedMethods.includes(method))
      done(new Refusal('NOT_FOUND', `There is no ${method} ${url}`));
    else done(new Refusal('METHOD_UNKNOWN', `The method ${method} is not known here`));
  });
  // A plugin runs after those that add routes.
  app.register(async (scope) => {
    for (const [url, methods] of [...app.methods]) {
      const allow = [...methods].toSorted().join(', ');
      const refuse = async ({ method }: FastifyRequest) => {
        const text = `${method} is not allowed here, but ${allow}`;
        throw new Refusal('METHOD_NOT_ALLOWED', text, { allow });
      };
      scope.route({
        url,
        method: app.supportedMethods.filter((method) => !methods.has(method)),
        exposeHeadRoute: false,
        onRequest: refuse,
        handler: refuse,
      });
    }
  });
}

/** A listener for those who run the server: metrics, faults. */
export function createSideApp(listening: Listening): FastifyInstance {
  const mostCharacters = 1_000_000;
  return createApp(listening, mostCharacters, { bodyLimit: mostCharacters });
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
