import type { SeriesFile } from './series.ts';

/** How many requests of a status were counted between the first and the last scrape. */
export function countOf({ series }: SeriesFile, status: string): number {
  const one = series.find(
    ({ metric, labels }) => metric === 'inference_requests_total' && labels['status'] === status,
  );
  return (one?.points.at(-1)?.[1] ?? 0) - (one?.points[0]?.[1] ?? 0);
}
