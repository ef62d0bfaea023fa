import Fastify from 'fastify';

/** The peer of the reference server: a Fastify handler that parses the same JSON and answers the same, and does nothing else. */
const app = Fastify();
const metadata = {
  model_name: 'diabetes-classifier',
  model_version: 'v1.2.3',
  deployment: 'production',
  request_id: '1699564800123-42',
  inference_time_ms: 0.01,
  timestamp: '2025-11-09T10:00:00.000Z',
  num_predictions: 1,
};
app.post<{ Body: { data: number[][] } }>('/score', async ({ body }) => ({
  predictions: body.data.map(() => 0),
  metadata,
}));
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
process.stdout.write(`${JSON.stringify({ ports: { serving: port }, msg: 'ready' })}\n`);
