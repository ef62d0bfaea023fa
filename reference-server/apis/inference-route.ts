import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Books, Exchange } from '../requests/context.ts';
import { payloadTooLarge } from '../requests/input.ts';
import { Refusal } from '../requests/refusal.ts';
import type { InputLimits } from '../systems/system.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on inference requests. */
    exchange: Exchange | null;
  }
}

export interface InferenceRoute {
  url: string;
  /** The route as metrics name it. */
  label: string;
  limits: InputLimits;
  handle(exchange: Exchange, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  /** The body of an error answer in the document's own form. */
  errorBody(exchange: Exchange, refusal: Refusal): object;
}

/** A character takes at most four bytes of UTF-8, and Fastify counts bytes. */
const bytesPerCharacter = 4;

/** Adds a route whose requests count as inference and whose bodies reach the handler as text. */
export function addInferenceRoute(app: FastifyInstance, books: Books, route: InferenceRoute): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', (request, reply, done) => {
      request.exchange = new Exchange(route.label, request, reply, books);
      done();
    });
    scope.setErrorHandler((error, request, reply) => {
      const { exchange } = request;
      if (exchange === null) throw error;
      const refusal = asRefusal(error, route.limits);
      if (refusal === undefined) request.log.error({ err: error }, `Request ${exchange.id} met an error of the server's own`);
      const shown = refusal ?? new Refusal('INFERENCE_FAILED', 'Internal error');
      exchange.failure = shown.message;
      if (shown.retryAfter !== undefined) reply.header('retry-after', shown.retryAfter);
      return reply.code(shown.status).send(route.errorBody(exchange, shown));
    });
    scope.post(route.url, { bodyLimit: bytesPerCharacter * route.limits.characters }, (request, reply) => {
      if (request.exchange === null) throw new Error('an inference request has no exchange');
      return route.handle(request.exchange, request, reply);
    });
  });
}

/** What a request can be told about an error; undefined for a fault of the server's own, whose text may hold paths. */
function asRefusal(error: unknown, limits: InputLimits): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return payloadTooLarge(limits);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Refusal('UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be application/json');
  if (error.code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new Refusal('INVALID_JSON', 'Request body is not as long as Content-Length says');
  return undefined;
}
