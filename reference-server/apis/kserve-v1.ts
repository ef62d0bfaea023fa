import type { FastifyInstance } from 'fastify';
import type { Inference } from '../backends/simulated-gpu.ts';
import type { Config } from '../config.ts';
import type { Books } from '../requests/context.ts';
import { readField, readJson, readRows } from '../requests/input.ts';
import { addInferenceRoute } from './inference-route.ts';

/** The predict route as metrics name it. */
export const predictRoute = '/v1/models/{model}:predict';

/** KServe's V1 protocol: list of models, readiness of one, predict. */
export function addKServeV1(app: FastifyInstance, books: Books, inference: Inference, config: Config): void {
  const { limits } = config.system;
  app.get('/v1/models', async () => ({ models: config.models.map(({ name }) => name) }));
  app.get<{ Params: { model: string } }>('/v1/models/:model', async ({ params: { model } }, reply) => {
    const state = inference.state(model);
    if (state === undefined) return reply.code(404).send({ error: `Model with name ${model} does not exist.` });
    return reply.code(state === 'ready' ? 200 : 503).send({ name: model, ready: state === 'ready' });
  });
  addInferenceRoute(app, books, {
    url: '/v1/models/:model(^[^:]+)::predict',
    label: predictRoute,
    limits,
    async handle(exchange, request, reply) {
      const model = readModelName(request.params);
      if (inference.state(model) !== undefined) exchange.model = model;
      inference.requireReady(model);
      const rows = readRows(readField(readJson(request.body, limits), ['instances', 'inputs']), limits, 'column');
      inference.failByFault();
      const { classes } = await inference.predict(model, rows, exchange.onGone);
      return reply.type('application/json; charset=utf-8').send(JSON.stringify({ predictions: classes }));
    },
    errorBody: (_exchange, { message }) => ({ error: message }),
  });
}

function readModelName(params: unknown): string {
  const name = typeof params === 'object' && params !== null && 'model' in params ? params.model : undefined;
  return typeof name === 'string' ? name : '';
}
