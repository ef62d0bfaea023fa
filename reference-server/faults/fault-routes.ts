import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refusal } from '../requests/refusal.ts';
import { type Faults, faultsSchema } from './faults.ts';

/** The routes that switch faults on; never on the serving listener. */
export function addFaultRoutes(app: FastifyInstance, faults: Faults, crash: () => void): void {
  app.get('/faults', async () => faults.current);
  app.put('/faults', async (request) => {
    const parsed = faultsSchema.safeParse(request.body);
    if (!parsed.success) throw new Refusal('BAD_FAULTS', z.prettifyError(parsed.error));
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
}
