import { inferenceCard } from '../device/profile.ts';
import { bodyLimit } from '../guards/body-limit.ts';
import { conventional } from '../metrics/conventional.ts';
import { traced } from '../requests/error-formats.ts';
import type { System } from './system.ts';

const limits = { characters: 10_000_000, elements: 100_000, rows: 100, features: 1_000 };

/** "ML Inference Best Practices Implementation Guide": port, names and limits from its sections on probes, metadata, cache and validation. */
export const mlopsAks: System = {
  id: 'mlops-aks',
  listeners: { serving: 5001, metrics: 9090 },
  apis: ['health', 'score'],
  guards: [bodyLimit(limits)],
  limits,
  errors: traced,
  metrics: conventional,
  cache: { ttlSeconds: 3_600 },
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
  device: inferenceCard,
};
