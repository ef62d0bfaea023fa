import type { FastifyInstance } from 'fastify';

/** Refuses some of what comes to the routes that are added to `app` after it: a Fastify plugin without a scope of its own. */
export type Guard = (app: FastifyInstance) => void;
