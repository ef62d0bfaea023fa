import type { Registry } from 'prom-client';
import type { BreakerState } from '../cache/breaker.ts';
import type { Gpu } from '../device/gpu.ts';
import type { ServerEvents } from '../requests/events.ts';

/** How a cache that is asked over a network is doing. */
export interface CacheHealth {
  readonly breaker: BreakerState;
  readonly connected: boolean;
}

/** What a metric set sees of a server: what happens in it, and what is read at each scrape. */
export interface Observed {
  events: ServerEvents;
  /** Inference routes and models that there are. */
  routes: readonly string[];
  models: readonly string[];
  gpu: Gpu;
  gpuModel: string;
  seed: number;
  replica: string;
  /** Whether the system has a response cache; its health, where one is connected. */
  hasCache: boolean;
  cache: CacheHealth | undefined;
}

/** Names, labels and buckets under which a system shows what happens. */
export type MetricSet = (registry: Registry, observed: Observed) => void;
