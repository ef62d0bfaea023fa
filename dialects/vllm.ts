import type { Dialect } from './dialect.ts';
import { processStartTime } from './shared.ts';

const labels = ['engine', 'model_name'];
const counter = (metric: string, unit: 'tokens' | 'requests') =>
  ({ metric, kind: 'counter', unit, labels }) as const;
const gauge = (metric: string, unit: 'requests' | 'ratio') =>
  ({ metric, kind: 'gauge', unit, labels }) as const;
const seconds = (metric: string, edges: readonly number[]) =>
  ({ metric, kind: 'histogram', unit: 'seconds', labels, edges }) as const;

const interToken = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const request = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
];
const firstToken = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  160, 640, 2560,
];

/** Edges are the defaults of its version; a deployment may set its own. A client that goes away is in no metric of requests. */
export const vllm: Dialect = {
  name: 'vllm',
  title: 'vLLM',
  source: { kind: 'recorded', server: 'vLLM', version: '0.32.0' },
  negotiates: true,
  modelLabel: 'model_name',
  rows: {
    requests: [
      {
        ...counter('vllm:request_success_total', 'requests'),
        labels: [...labels, 'finished_reason'],
      },
      {
        ...counter('vllm:admission_rejections_total', 'requests'),
        labels: ['model_name', 'reason'],
      },
    ],
    errors: [
      {
        ...counter('vllm:request_success_total', 'requests'),
        labels: [...labels, 'finished_reason'],
        where: [['finished_reason', '=~', 'error|repetition']],
        note: 'in spite of its name it counts every request by how it ended',
      },
      {
        ...counter('vllm:admission_rejections_total', 'requests'),
        labels: ['model_name', 'reason'],
      },
    ],
    duration: {
      ...seconds('vllm:e2e_request_latency_seconds', request),
      note: 'of requests that ended well or were cut at their length; a client that went away is not in it',
    },
    queueDepth: gauge('vllm:num_requests_waiting', 'requests'),
    queueTime: seconds('vllm:request_queue_time_seconds', request),
    running: gauge('vllm:num_requests_running', 'requests'),
    promptTokens: counter('vllm:prompt_tokens_total', 'tokens'),
    generatedTokens: counter('vllm:generation_tokens_total', 'tokens'),
    timeToFirstToken: {
      ...seconds('vllm:time_to_first_token_seconds', firstToken),
      note: "the engine's own, which can be a quarter of what clients see",
    },
    interTokenLatency: {
      ...seconds('vllm:inter_token_latency_seconds', interToken),
    },
    kvCacheUsage: {
      ...gauge('vllm:kv_cache_usage_perc', 'ratio'),
      note: 'a share of 1 in spite of its name; gpu_cache_usage_perc before',
    },
    batchSize: {
      lacks: 'it batches continuously: tokens of an iteration, not requests of a batch',
    },
    cacheHits: {
      ...counter('vllm:prefix_cache_hits_total', 'tokens'),
      note: 'tokens of the prefix cache, not requests',
    },
    cacheLookups: counter('vllm:prefix_cache_queries_total', 'tokens'),
    modelLoadTime: { lacks: 'it has no metric of it' },
    startTime: processStartTime,
  },
};
