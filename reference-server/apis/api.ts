import type { FastifyInstance } from 'fastify';
import type { SimulatedGpu } from '../backends/simulated-gpu.ts';
import type { ServedModel } from '../device/profile.ts';
import type { Guard } from '../guards/guard.ts';
import type { CachedAnswers } from '../requests/cached-answers.ts';
import type { ServerEvents } from '../requests/events.ts';
import type { InputLimits } from '../requests/input.ts';

/** What an API answers with. */
export interface ApiContext {
  backend: SimulatedGpu;
  /** Absent without a cache that is connected. */
  cache: CachedAnswers | undefined;
  events: ServerEvents;
  guards: readonly Guard[];
  limits: InputLimits;
  models: readonly ServedModel[];
  /** The first of them: the one that is meant where an API names none. */
  model: ServedModel;
  deployment: string;
  isDraining(): boolean;
}

/** One wire format. */
export interface Api {
  /** Its inference routes, as metrics name them. */
  inferenceRoutes: readonly string[];
  /** Adds its routes to the serving listener. */
  mount(app: FastifyInstance, context: ApiContext): void;
}
