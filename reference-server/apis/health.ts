import type { FastifyInstance } from 'fastify';
import type { Inference } from '../backends/simulated-gpu.ts';
import type { Config } from '../config.ts';
import type { Tally } from '../requests/context.ts';

const twoDecimals = (value: number) => Number(value.toFixed(2));

/** The three probes. They differ: alive is not loaded, and loaded is not taking traffic. */
export function addHealth(
  app: FastifyInstance,
  { inference, tally, config, isDraining }: { inference: Inference; tally: Tally; config: Config; isDraining: () => boolean },
): void {
  const [model] = config.models;
  app.get('/liveness', async () => ({ status: 'alive' }));
  app.get('/readiness', async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' });
    if (!inference.allReady) return reply.code(503).send({ status: 'loading' });
    return { status: 'ready' };
  });
  app.get('/health', async (_request, reply) => {
    const loaded = inference.allReady;
    return reply.code(loaded ? 200 : 503).send({
      status: loaded ? 'healthy' : 'unhealthy',
      model_loaded: loaded,
      model_name: model?.name,
      model_version: model?.version,
      uptime_seconds: twoDecimals(tally.uptimeSeconds),
      total_requests: tally.total,
      error_count: tally.errors,
      error_rate_percent: tally.total === 0 ? 0 : twoDecimals((100 * tally.errors) / tally.total),
    });
  });
}
