import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestContext } from '../requests/context.ts';
import type { ApiContext } from './api.ts';

interface InferenceRoute {
  url: string;
  /** The route as metrics name it. */
  label: string;
  handle(
    inference: RequestContext,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply>;
}

/** Adds a guarded route whose requests count as inference and whose bodies reach the handler as bytes. */
export function addInferenceRoute(
  app: FastifyInstance,
  { backend, events, guards }: ApiContext,
  route: InferenceRoute,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    scope.addHook('onRequest', (request, reply, done) => {
      request.inference = new RequestContext(route.label, request, reply, events);
      done();
    });
    // After the handler, so that the response cache keeps whole answers.
    scope.addHook('onSend', async (_request, reply, body) =>
      reply.statusCode === 200 && typeof body === 'string' ? backend.cutByFault(body) : body,
    );
    for (const guard of guards) guard(scope);
    scope.post(route.url, (request, reply) => {
      if (request.inference === null) throw new Error('an inference request has no context');
      return route.handle(request.inference, request, reply);
    });
  });
}
