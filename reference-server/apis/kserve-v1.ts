import { readInput, readText } from '../requests/input.ts';
import { Refusal } from '../requests/refusal.ts';
import type { Api } from './api.ts';
import { addInferenceRoute } from './inference-route.ts';

const predictRoute = '/v1/models/{model}:predict';

/** Documented are these two; `signature_name` is TensorFlow Serving's alone. */
const input = { names: ['instances', 'inputs'], flat: 'column' } as const;

/** KServe's V1 protocol: list of models, readiness of one, predict. */
export const kserveV1: Api = {
  inferenceRoutes: [predictRoute],
  mount(app, context) {
    const { backend, limits, models } = context;
    app.get('/v1/models', async () => ({ models: models.map(({ name }) => name) }));
    app.get<{ Params: { model: string } }>(
      '/v1/models/:model',
      async ({ params: { model } }, reply) => {
        const state = backend.state(model);
        if (state === undefined)
          throw new Refusal('MODEL_UNKNOWN', `Model with name ${model} does not exist.`);
        return reply
          .code(state === 'ready' ? 200 : 503)
          .send({ name: model, ready: state === 'ready' });
      },
    );
    addInferenceRoute(app, context, {
      url: '/v1/models/:model(^[^:]+)::predict',
      label: predictRoute,
      async handle(inference, request, reply) {
        const model = readModelName(request.params);
        if (backend.state(model) !== undefined) inference.model = model;
        backend.requireReady(model);
        const rows = readInput(readText(request.body, limits), limits, input);
        backend.failByFault();
        const { classes } = await backend.predict(model, rows, inference.onGone);
        return reply
          .type('application/json; charset=utf-8')
          .send(JSON.stringify({ predictions: classes }));
      },
    });
  },
};

function readModelName(params: unknown): string {
  const name =
    typeof params === 'object' && params !== null && 'model' in params ? params.model : undefined;
  return typeof name === 'string' ? name : '';
}
