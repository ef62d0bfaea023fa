import { readInput, readText } from '../requests/input.ts';
import type { Api } from './api.ts';
import { addInferenceRoute } from './inference-route.ts';

const scoreRoute = '/score';
const input = { names: ['data'], flat: 'row' } as const;

/** `POST /score {"data": [[…]]}` as in "ML Inference Best Practices Implementation Guide". */
export const score: Api = {
  inferenceRoutes: [scoreRoute],
  mount(app, context) {
    const { backend, cache, deployment, limits, model } = context;
    addInferenceRoute(app, context, {
      url: scoreRoute,
      label: scoreRoute,
      async handle(inference, { body, log }, reply) {
        inference.model = model.name;
        reply.type('application/json; charset=utf-8');
        const text = readText(body, limits);
        const rows = readInput(text, limits, input);
        backend.requireReady(model.name);
        backend.failByFault();
        const lookup = await cache?.lookUp(model.name, text);
        if (lookup?.found.kind === 'hit') {
          log.info(`Cache hit for request ${inference.id}`);
          // The stored answer goes out as it is, metadata of the first request included: so the document's own code does.
          return reply.header('cache-status', 'redis; hit').send(lookup.found.value);
        }
        if (lookup) {
          reply.header(
            'cache-status',
            lookup.found.kind === 'miss'
              ? 'redis; fwd=miss'
              : 'redis; fwd=miss; detail=unreachable',
          );
        }
        const { classes, ms } = await backend.predict(model.name, rows, inference.onGone);
        const metadata = {
          model_name: model.name,
          model_version: model.version,
          deployment,
          request_id: inference.id,
          inference_time_ms: Number(ms.toFixed(2)),
          timestamp: new Date().toISOString(),
          num_predictions: classes.length,
        };
        const answer = JSON.stringify({ predictions: classes, metadata });
        if (lookup) cache?.remember(model.name, lookup.key, answer);
        return reply.send(answer);
      },
    });
  },
};
