import { createHash, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { logController } from '../log.ts';
import { type Faults, faultsSchema } from './faults.ts';

/** Equal lengths whatever was sent, so that the comparison tells nothing by the time it takes. */
const digest = (text: string) => createHash('sha256').update(text).digest();

/** The listener that switches faults on: a port of its own, every request with the bearer token. */
export function buildAdmin(token: string, faults: Faults, crash: () => void, loggerInstance: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({ loggerInstance, logController });
  const expected = digest(`Bearer ${token}`);
  app.addHook('onRequest', async (request, reply) => {
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return;
    return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a bearer token is needed' });
  });
  app.get('/faults', async () => faults.current);
  app.put('/faults', async (request, reply) => {
    const parsed = faultsSchema.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send({ error: z.prettifyError(parsed.error) });
    faults.replace(parsed.data);
    request.log.warn({ faults: parsed.data }, 'Faults replaced');
    return faults.current;
  });
  app.delete('/faults', async (request, reply) => {
    faults.replace({});
    request.log.warn('Faults switched off');
    return reply.code(204).send();
  });
  app.post('/crash', async (_request, reply) => {
    reply.raw.once('close', crash);
    return reply.code(202).send({ status: 'crashing' });
  });
  return app;
}
