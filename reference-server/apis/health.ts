import type { Api } from './api.ts';

const twoDecimals = (value: number) => Number(value.toFixed(2));

/** The three probes. They differ: alive is not loaded, and loaded is not taking traffic. */
export const health: Api = {
  inferenceRoutes: [],
  mount(app, { backend, events, model, isDraining }) {
    const startedAt = performance.now();
    let total = 0;
    let errors = 0;
    events.on('requestEnded', ({ status }) => {
      total += 1;
      if (status >= 400) errors += 1;
    });
    app.get('/liveness', async () => ({ status: 'alive' }));
    app.get('/readiness', async (_request, reply) => {
      if (isDraining()) return reply.code(503).send({ status: 'draining' });
      if (!backend.allReady) return reply.code(503).send({ status: 'loading' });
      return { status: 'ready' };
    });
    app.get('/health', async (_request, reply) => {
      const loaded = backend.allReady;
      return reply.code(loaded ? 200 : 503).send({
        status: loaded ? 'healthy' : 'unhealthy',
        model_loaded: loaded,
        model_name: model.name,
        model_version: model.version,
        uptime_seconds: twoDecimals((performance.now() - startedAt) / 1000),
        total_requests: total,
        error_count: errors,
        error_rate_percent: total === 0 ? 0 : twoDecimals((100 * errors) / total),
      });
    });
  },
};
