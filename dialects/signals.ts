/** What can be known of a service, whatever it calls it. */

export type Kind = 'counter' | 'gauge' | 'histogram' | 'summary';

/** Units that values are stored in. `scaleTo` (units.ts) turns one into another. */
export type Unit =
  | 'requests'
  | 'tokens'
  | 'errors'
  | 'servers'
  | 'batches'
  | 'code'
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'unix-seconds'
  | 'ratio'
  | 'percent'
  | 'bytes'
  | 'mebibytes'
  | 'celsius'
  | 'watts';

interface SignalFacts {
  /** What it is, in half a sentence. */
  readonly about: string;
  /** Whose word it is: the server's, of the GPU that it runs on, or of the balancer in front. */
  readonly of: 'server' | 'gpu' | 'balancer';
}

export const signals = {
  requests: { about: 'requests answered, failures included', of: 'server' },
  errors: { about: 'of those, the ones that failed', of: 'server' },
  duration: { about: 'from request to answer', of: 'server' },
  queueDepth: { about: 'requests that wait', of: 'server' },
  queueTime: { about: 'how long requests waited', of: 'server' },
  running: { about: 'requests that are worked on', of: 'server' },
  promptTokens: { about: 'tokens of prompts', of: 'server' },
  generatedTokens: { about: 'tokens generated', of: 'server' },
  timeToFirstToken: { about: 'from request to first token', of: 'server' },
  interTokenLatency: { about: 'from token to token', of: 'server' },
  kvCacheUsage: { about: 'share of the KV cache in use', of: 'server' },
  batchSize: { about: 'requests in a batch', of: 'server' },
  cacheHits: {
    about: 'lookups of a cache of answers or prefixes that found something',
    of: 'server',
  },
  cacheLookups: { about: 'all such lookups', of: 'server' },
  modelLoadTime: { about: 'how long the model took to load', of: 'server' },
  startTime: { about: 'when the process started', of: 'server' },
  gpuUtilization: { about: 'share of time that the GPU was busy', of: 'gpu' },
  gpuMemoryUsed: { about: 'GPU memory in use', of: 'gpu' },
  gpuMemoryFree: { about: 'GPU memory that is free', of: 'gpu' },
  gpuTemperature: { about: 'temperature of the GPU', of: 'gpu' },
  gpuPower: { about: 'power that the GPU draws', of: 'gpu' },
  gpuXid: { about: 'number of the last XID error; it never clears', of: 'gpu' },
  balancerRequests: { about: 'answers that the balancer gave to clients', of: 'balancer' },
  balancerErrors: { about: 'of those, the ones with a status of 500 or more', of: 'balancer' },
  balancerServersUp: { about: 'servers that the balancer sends to', of: 'balancer' },
  balancerQueue: { about: 'requests that wait for a server', of: 'balancer' },
} as const satisfies Record<string, SignalFacts>;

export type Signal = keyof typeof signals;

export const signalNames = Object.keys(signals) as readonly Signal[];
