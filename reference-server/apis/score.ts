import type { FastifyInstance } from 'fastify';
import type { Inference } from '../backends/simulated-gpu.ts';
import type { Config } from '../config.ts';
import type { Books, Exchange } from '../requests/context.ts';
import { readField, readJson, readRows } from '../requests/input.ts';
import type { ServedModel } from '../systems/system.ts';
import { addInferenceRoute } from './inference-route.ts';

export const scoreRoute = '/score';

/** `POST /score {"data": [[…]]}` as in "ML Inference Best Practices Implementation Guide". */
export function addScore(app: FastifyInstance, books: Books, inference: Inference, config: Config, model: ServedModel): void {
  const { limits } = config.system;
  addInferenceRoute(app, books, {
    url: scoreRoute,
    label: scoreRoute,
    limits,
    async handle(exchange, request, reply) {
      exchange.model = model.name;
      reply.type('application/json; charset=utf-8');
      const { body } = request;
      const rows = readRows(readField(readJson(body, limits), ['data']), limits, 'row');
      inference.requireReady(model.name);
      inference.failByFault();
      const lookup = inference.hasCache ? await inference.lookUp(model.name, String(body)) : undefined;
      if (lookup?.found.kind === 'hit') {
        request.log.info(`Cache hit for request ${exchange.id}`);
        // The stored answer goes out as it is, metadata of the first request included: so the document's own code does.
        return reply.header('cache-status', 'redis; hit').send(lookup.found.value);
      }
      if (lookup) {
        reply.header('cache-status', lookup.found.kind === 'miss' ? 'redis; fwd=miss' : 'redis; fwd=miss; detail=unreachable');
      }
      const { classes, ms } = await inference.predict(model.name, rows, exchange.onGone);
      const metadata = {
        model_name: model.name,
        model_version: model.version,
        deployment: config.deployment,
        request_id: exchange.id,
        inference_time_ms: Number(ms.toFixed(2)),
        timestamp: new Date().toISOString(),
        num_predictions: classes.length,
      };
      const answer = JSON.stringify({ predictions: classes, metadata });
      if (lookup) inference.remember(model.name, lookup.key, answer);
      return reply.send(answer);
    },
    errorBody: (exchange: Exchange, { code, message, name }) => ({
      error: message,
      // A code in place of a stack: nothing of the server's files is shown.
      trace: `${name}: ${code}`,
      metadata: { request_id: exchange.id, timestamp: new Date().toISOString(), model_version: model.version },
    }),
  });
}
