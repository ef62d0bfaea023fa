import type { Dialect, Matcher, Row } from './dialect.ts';
import type { Unit } from './signals.ts';

const labels = ['model', 'version'];
const counter = (metric: string, unit: Unit): Row => ({ metric, kind: 'counter', unit, labels });
const noTokens = { lacks: 'it counts requests, not tokens' };
const gpu = (metric: string, unit: Unit): Row => ({
  metric,
  kind: 'gauge',
  unit,
  labels: ['gpu_uuid'],
  sparse: true,
  note: 'with a GPU alone',
});

/** Refused before a model takes it (JSON, types, shapes): in none of them. An ensemble counts one failure twice: for itself, and for its model. */
const failures: readonly Matcher[] = [['reason', '!=', 'CANCELED']];

export const triton: Dialect = {
  name: 'triton',
  title: 'Triton Inference Server',
  source: { kind: 'recorded', server: 'Triton', version: '2.51.0' },
  negotiates: false,
  modelLabel: 'model',
  rows: {
    requests: [
      counter('nv_inference_request_success', 'requests'),
      {
        ...counter('nv_inference_request_failure', 'requests'),
        labels: [...labels, 'reason'],
        where: failures,
      },
    ],
    errors: {
      ...counter('nv_inference_request_failure', 'requests'),
      labels: [...labels, 'reason'],
      where: failures,
      note: 'what it refuses before a model takes it is in no metric',
    },
    duration: {
      lacks: 'its duration is a counter of microseconds, from which no percentile follows',
    },
    queueDepth: {
      metric: 'nv_inference_pending_request_count',
      kind: 'gauge',
      unit: 'requests',
      labels,
    },
    queueTime: { lacks: 'its time in the queue is a counter of microseconds' },
    running: { lacks: 'it has no metric of it' },
    promptTokens: noTokens,
    generatedTokens: noTokens,
    timeToFirstToken: { lacks: 'nv_inference_first_response_histogram_ms has to be switched on' },
    interTokenLatency: noTokens,
    kvCacheUsage: noTokens,
    batchSize: { lacks: 'it counts inferences and executions, not sizes' },
    cacheHits: { lacks: 'its response cache has metrics once it is switched on' },
    cacheLookups: { lacks: 'its response cache has metrics once it is switched on' },
    modelLoadTime: { lacks: 'it has no metric of it' },
    startTime: { lacks: 'it has no metric of it' },
    gpuUtilization: gpu('nv_gpu_utilization', 'ratio'),
    gpuMemoryUsed: gpu('nv_gpu_memory_used_bytes', 'bytes'),
    gpuMemoryFree: { lacks: 'it has the total, not what is free' },
    gpuPower: gpu('nv_gpu_power_usage', 'watts'),
    gpuTemperature: { lacks: 'it has no metric of it' },
    gpuXid: { lacks: 'it has no metric of it' },
  },
};
