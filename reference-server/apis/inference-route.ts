import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestContext } from '../requests/context.ts';
import { type InputLimits, payloadTooLarge } from '../requests/input.ts';
import { Refusal } from '../requests/refusal.ts';
import type { ApiContext } from './api.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on inference requests. */
    inference: RequestContext | null;
  }
}

interface InferenceRoute {
  url: string;
  /** The route as metrics name it. */
  label: string;
  handle(
    inference: RequestContext,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply>;
  /** The body of an error answer in the document's own form. */
  errorBody(inference: RequestContext, refusal: Refusal): object;
}

/** Adds a guarded route whose requests count as inference and whose bodies reach the handler as bytes. */
export function addInferenceRoute(
  app: FastifyInstance,
  { backend, events, guards, limits }: ApiContext,
  route: InferenceRoute,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    scope.decorateRequest('inference', null);
    scope.addHook('onRequest', (request, reply, done) => {
      request.inference = new RequestContext(route.label, request, reply, events);
      done();
    });
    // After the handler, so that the response cache keeps whole answers.
    scope.addHook('onSend', async (_request, reply, body) =>
      reply.statusCode === 200 && typeof body === 'string' ? backend.cutByFault(body) : body,
    );
    for (const guard of guards) guard(scope);
    scope.setErrorHandler((error, request, reply) => {
      const { inference } = request;
      if (inference === null) throw error;
      const refusal = asRefusal(error, limits);
      if (refusal === undefined)
        request.log.error(
          { err: error },
          `Request ${inference.id} met an error of the server's own`,
        );
      const shown = refusal ?? new Refusal('INFERENCE_FAILED', 'Internal error');
      inference.failure = shown.message;
      if (shown.retryAfter !== undefined) reply.header('retry-after', shown.retryAfter);
      return reply.code(shown.status).send(route.errorBody(inference, shown));
    });
    scope.post(route.url, (request, reply) => {
      if (request.inference === null) throw new Error('an inference request has no context');
      return route.handle(request.inference, request, reply);
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
