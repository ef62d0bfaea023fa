import { createServer } from 'node:http';
import { listenInTest } from '../machine/loopback.testing.ts';
import type { SeriesFile } from './series.ts';

/** How many requests of a status were counted between the first and the last scrape. */
export function countOf({ series, scrapes }: SeriesFile, status: string): number {
  const one = series.find(
    ({ metric, labels }) => metric === 'inference_requests_total' && labels['status'] === status,
  );
  const [at = 0, value = 0] = one?.points[0] ?? [];
  // A series that comes later was at zero before.
  const before = at > (scrapes?.[0] ?? at) ? 0 : value;
  return (one?.points.at(-1)?.[1] ?? 0) - before;
}

/** The base URL of a server that answers everything so, and ends with the test. */
export async function serve(
  body: () => Promise<string> | string,
  status = 200,
  type = 'application/json',
): Promise<string> {
  const server = createServer((_, response) => {
    void Promise.resolve(body()).then((text) =>
      response.writeHead(status, { 'content-type': type }).end(text),
    );
  });
  return `http://${await listenInTest(server)}`;
}
