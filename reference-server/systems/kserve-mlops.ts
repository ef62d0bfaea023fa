import { conventionalMetricNames, inferenceCard, type ServedModel, type System } from './system.ts';

const model = (name: string, megabytes: number, fixedMs: number, queueLimit: number): ServedModel => ({
  name,
  version: 'v1',
  cost: {
    weightsMiB: Math.round((megabytes * 1e6) / 2 ** 20),
    activationMiB: 8,
    fixedMs,
    perRowMs: 0.05,
    jitter: 0.05,
    maxBatch: 1,
    maxWaitMs: 0,
    queueLimit,
  },
});

/** "Performance Tuning Guide": one model in each of its size classes; batcher and port from its annotations and network policy. */
export const kserveMlops: System = {
  id: 'kserve-mlops',
  api: 'kserve-v1',
  port: 8080,
  deployment: 'mlops',
  models: [model('small', 90, 5, 400), model('medium', 500, 20, 100), model('large', 4_000, 60, 32)],
  limits: { characters: 10_000_000, elements: 100_000, rows: 1_000, features: 1_000 },
  batcher: { maxBatch: 32, maxWaitMs: 100 },
  device: inferenceCard,
  metrics: conventionalMetricNames,
};
