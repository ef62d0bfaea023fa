/**
 * Canonical signals and the names that each kind of server (dialect) gives them. The one place for metric names on our side;
 * the reference server keeps its own, so that a typo on either side is found.
 */
export const dialects = {
  reference: {
    /** Inference requests that the server answered, failures included. */
    requests: 'inference_requests_total',
    /** Of those, the ones it failed (status 4xx or 5xx, or no answer). */
    errors: 'inference_errors_total',
    /** Unix time of the process start, seconds. */
    startTime: 'inference_start_time_seconds',
    duration: 'inference_duration_seconds',
    cacheHits: 'inference_cache_hits_total',
    cacheMisses: 'inference_cache_misses_total',
    queueDepth: 'inference_queue_depth',
    gpuUtilization: 'DCGM_FI_DEV_GPU_UTIL',
  },
} as const;

export type DialectName = keyof typeof dialects;
export type Dialect = (typeof dialects)[DialectName];

export const dialectNames = ['reference'] as const satisfies readonly DialectName[];

/** As client libraries call the start of their process, Unix seconds. */
export const processStartTime = 'process_start_time_seconds';

/** Metrics that say when a process started; a server may have either. */
export function startTimes(dialect: DialectName): string[] {
  return [dialects[dialect].startTime, processStartTime];
}

/** What Prometheus scraped as one: the same for all series of one process. */
export function processOf({ labels }: { labels: Readonly<Record<string, string>> }): string {
  return `${labels['job'] ?? ''}/${labels['instance'] ?? ''}`;
}
