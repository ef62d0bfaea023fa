import { inferenceCard, type ServedModel } from '../device/profile.ts';
import { bodyLimit } from '../guards/body-limit.ts';
import { conventional } from '../metrics/conventional.ts';
import { textAlone } from '../requests/error-formats.ts';
import type { System } from './system.ts';

const limits = { characters: 10_000_000, elements: 100_000, rows: 1_000, features: 1_000 };

const model = (
  name: string,
  megabytes: number,
  fixedMs: number,
  queueLimit: number,
): ServedModel => ({
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
  listeners: { serving: 8080, metrics: 9090 },
  apis: ['health', 'kserve-v1'],
  guards: [bodyLimit(limits)],
  limits,
  errors: textAlone,
  metrics: conventional,
  batcher: { maxBatch: 32, maxWaitMs: 100 },
  deployment: 'mlops',
  models: [
    model('small', 90, 5, 400),
    model('medium', 500, 20, 100),
    model('large', 4_000, 60, 32),
  ],
  device: inferenceCard,
};
