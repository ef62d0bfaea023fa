import type { Topology } from '../../../fixtures/topology.ts';

/** Stacks of their own for checks that look inside. Equal ones are one stack, so what follows each other here is brought up once. */

/** What the server of `oneServer` is told by its environment, in words that nobody chooses by chance. */
export const environment = {
  MODEL_NAME: 'model-of-the-environment',
  MODEL_VERSION: 'v9.8.7-environment',
  DEPLOYMENT_NAME: 'deployment-of-the-environment',
} as const;

/** One server, so that every count and log line is its own. It counts as up while its model loads, which takes long enough to be seen. */
export const oneServer: Topology = [
  { part: 'redis' },
  {
    part: 'reference-server',
    name: 'server',
    env: environment,
    flags: { device: 'loadFixedMs=3000' },
    ready: 'alive',
  },
];

/** A cache over TLS that is soon full: Redis takes about 1 MB of it for itself. */
export const smallCache: Topology = [
  { part: 'redis', tls: true, maxMemory: '4mb' },
  { part: 'reference-server', name: 'server' },
];

export const noCache: Topology = [{ part: 'reference-server', name: 'server' }];
