import { conventionalMetricNames, inferenceCard, type System } from './system.ts';

/** "ML Inference Best Practices Implementation Guide": port, names and limits from its sections on probes, metadata, cache and validation. */
export const mlopsAks: System = {
  id: 'mlops-aks',
  api: 'score',
  port: 5001,
  deployment: 'production',
  models: [
    {
      name: 'diabetes-classifier',
      version: 'v1.2.3',
      cost: {
        weightsMiB: 256,
        activationMiB: 4,
        fixedMs: 8,
        perRowMs: 0.4,
        jitter: 0.05,
        maxBatch: 16,
        maxWaitMs: 2,
        queueLimit: 1_024,
      },
    },
  ],
  limits: { characters: 10_000_000, elements: 100_000, rows: 100, features: 1_000 },
  cache: { ttlSeconds: 3_600 },
  device: inferenceCard,
  metrics: conventionalMetricNames,
};
