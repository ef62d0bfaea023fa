import type { Dialect, Matcher } from './dialect.ts';
import { noLanguageModel, processStartTime } from './shared.ts';

const none = { lacks: 'it has no metric of it' };
const byPath = ['app_name', 'method', 'path', 'status_code'];
const inferences: Matcher = ['path', '=~', '/v2/models/.*/infer'];

/** Of REST alone. Its `model_infer_*` leave out what it refuses as malformed (422), and grow a series for each unknown model that somebody asks for. */
export const mlserver: Dialect = {
  name: 'mlserver',
  title: 'MLServer',
  source: { kind: 'recorded', server: 'MLServer', version: '1.7.1' },
  negotiates: true,
  rows: {
    requests: {
      metric: 'rest_server_requests_total',
      kind: 'counter',
      unit: 'requests',
      labels: byPath,
      where: [inferences],
    },
    errors: {
      metric: 'rest_server_requests_total',
      kind: 'counter',
      unit: 'requests',
      labels: byPath,
      where: [inferences, ['status_code', '=~', '5..']],
      sparse: true,
      note: 'from the first such answer on',
    },
    duration: {
      metric: 'rest_server_request_duration_seconds',
      kind: 'histogram',
      unit: 'seconds',
      labels: byPath,
      where: [inferences],
      edges: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    queueDepth: { lacks: 'its queues are histograms, not gauges, and there with workers alone' },
    queueTime: none,
    running: {
      metric: 'rest_server_requests_in_progress',
      kind: 'gauge',
      unit: 'requests',
      labels: ['app_name', 'method'],
      where: [['method', '=', 'POST']],
    },
    ...noLanguageModel('it counts requests, not tokens'),
    batchSize: none,
    cacheHits: none,
    cacheLookups: none,
    modelLoadTime: none,
    startTime: processStartTime,
  },
};
