import type { Dialect } from './dialect.ts';
import { noLanguageModel, processStartTime } from './shared.ts';

const none = { lacks: 'it has no metric of it' };

export const kserve: Dialect = {
  name: 'kserve',
  title: "KServe's Python server",
  source: { kind: 'recorded', server: 'KServe', version: '0.21.0' },
  negotiates: true,
  modelLabel: 'model_name',
  rows: {
    requests: { lacks: 'it counts no requests: only how long its steps took' },
    errors: {
      lacks:
        'it counts no errors: a request that fails is in no metric, or only in those of the steps before',
    },
    duration: {
      metric: 'request_predict_seconds',
      kind: 'histogram',
      unit: 'seconds',
      labels: ['model_name'],
      edges: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      note: 'the step of prediction alone; what is before and behind it has histograms of its own',
    },
    queueDepth: none,
    queueTime: none,
    running: none,
    ...noLanguageModel('its own metrics are of models that predict, not of language models'),
    batchSize: none,
    cacheHits: none,
    cacheLookups: none,
    modelLoadTime: none,
    startTime: processStartTime,
  },
};
