import type { DeviceProfile, ModelCost } from '../device/profile.ts';

/** A model that a system serves unless it is told otherwise. */
export interface ServedModel {
  name: string;
  version: string;
  cost: ModelCost;
}

/** What a request may be at most. */
export interface InputLimits {
  /** Characters of the body. */
  characters: number;
  /** Numbers in the array. */
  elements: number;
  rows: number;
  features: number;
}

/** The names under which the serving metrics are exposed. */
export interface MetricNames {
  requests: string;
  errors: string;
  startTime: string;
  duration: string;
  cacheHits: string;
  cacheMisses: string;
  cacheLookups: string;
  cacheLookupDuration: string;
  cacheWrites: string;
  cacheBreaker: string;
  cacheConnected: string;
  queueDepth: string;
  batchSize: string;
  modelLoad: string;
}

/**
 * What the server is when it stands in for one documented system. Data of the server's own, taken from the document and not from the
 * profile that judges it: a slip on either side shows.
 */
export interface System {
  id: string;
  api: 'score' | 'kserve-v1';
  port: number;
  deployment: string;
  models: readonly ServedModel[];
  limits: InputLimits;
  /** Response cache; absent where the document has none. */
  cache?: { ttlSeconds: number };
  /** The documented batcher, where it is an annotation that is off by default. */
  batcher?: { maxBatch: number; maxWaitMs: number };
  device: DeviceProfile;
  metrics: MetricNames;
}

/** None of the documents served so far names its metrics; these follow Prometheus' conventions. */
export const conventionalMetricNames: MetricNames = {
  requests: 'inference_requests_total',
  errors: 'inference_errors_total',
  startTime: 'inference_start_time_seconds',
  duration: 'inference_duration_seconds',
  cacheHits: 'inference_cache_hits_total',
  cacheMisses: 'inference_cache_misses_total',
  cacheLookups: 'inference_cache_lookups_total',
  cacheLookupDuration: 'inference_cache_lookup_duration_seconds',
  cacheWrites: 'inference_cache_writes_total',
  cacheBreaker: 'inference_cache_breaker_state',
  cacheConnected: 'inference_cache_connected',
  queueDepth: 'inference_queue_depth',
  batchSize: 'inference_batch_size',
  modelLoad: 'model_load_seconds',
};

/** A mid-range inference card. The figures are of that class, not of a product. */
export const inferenceCard: DeviceProfile = {
  modelName: 'Simulated GPU 16 GB',
  memoryMiB: 16_384,
  reservedMiB: 512,
  loadFixedMs: 200,
  loadMiBPerSecond: 4_096,
  idleWatts: 18,
  busyWatts: 72,
  ambientCelsius: 30,
  kelvinPerWatt: 0.6,
  thermalSeconds: 40,
  windowMs: 1_000,
};
