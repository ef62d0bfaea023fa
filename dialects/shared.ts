import type { Lack, Row } from './dialect.ts';

/** As client libraries call the start of their process. */
export const processStartTime: Row = {
  metric: 'process_start_time_seconds',
  kind: 'gauge',
  unit: 'unix-seconds',
  labels: [],
};

/** The signals of language models, of a server that shows none of them. */
export function noLanguageModel(lacks: string) {
  const none: Lack = { lacks };
  return {
    promptTokens: none,
    generatedTokens: none,
    timeToFirstToken: none,
    interTokenLatency: none,
    kvCacheUsage: none,
  };
}
