import type { Dialect, Row } from './dialect.ts';
import { noLanguageModel } from './shared.ts';

const none = { lacks: 'it has no metric of it' };
const host = ['Level', 'Hostname'];
const answers = (metric: string, sparse = true): Row => ({
  metric,
  kind: 'counter',
  unit: 'requests',
  labels: host,
  ...(sparse && { sparse: true, note: 'from the first such answer on' }),
});

/** With `metrics_mode=prometheus`; its usual mode shows an empty page. Its requests are those of the whole host: models are not told apart. */
export const torchserve: Dialect = {
  name: 'torchserve',
  title: 'TorchServe',
  source: { kind: 'recorded', server: 'TorchServe', version: '0.12.0' },
  negotiates: false,
  rows: {
    requests: [answers('Requests2XX', false), answers('Requests4XX'), answers('Requests5XX')],
    errors: answers('Requests5XX'),
    duration: {
      lacks: 'its latency is a counter of microseconds, from which no percentile follows',
    },
    queueDepth: { lacks: 'QueueTime is a time, and of the last request alone' },
    queueTime: { lacks: 'its time in the queue is a counter of microseconds' },
    running: none,
    ...noLanguageModel('it counts requests, not tokens'),
    batchSize: none,
    cacheHits: none,
    cacheLookups: none,
    modelLoadTime: {
      metric: 'WorkerLoadTime',
      kind: 'gauge',
      unit: 'milliseconds',
      labels: ['WorkerName', ...host],
    },
    startTime: none,
    gpuUtilization: {
      metric: 'GPUUtilization',
      kind: 'gauge',
      unit: 'percent',
      labels: host,
      sparse: true,
      note: 'with a GPU alone',
    },
    gpuMemoryUsed: {
      metric: 'GPUMemoryUsed',
      kind: 'gauge',
      unit: 'mebibytes',
      labels: host,
      sparse: true,
      note: 'with a GPU alone',
    },
    gpuMemoryFree: none,
    gpuTemperature: none,
    gpuPower: none,
    gpuXid: none,
  },
};
