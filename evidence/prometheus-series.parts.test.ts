import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counter, Gauge, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ensureTool } from '../fixtures/tools/index.ts';
import { listenOnLoopback } from '../machine/loopback.ts';
import { fetchAs } from '../traffic/node-client.ts';
import { countOf } from './prometheus-series.testing.ts';
import { recordSeries } from './prometheus-series.ts';

const registry = new Registry();
const requests = new Counter({
  name: 'inference_requests_total',
  help: 'x',
  labelNames: ['status'],
  registers: [registry],
});
new Counter({ name: 'unrelated_total', help: 'x', registers: [registry] });
const started = new Gauge({
  name: 'process_start_time_seconds',
  help: 'x',
  registers: [registry],
});

let metrics: Server;
let address: string;

beforeAll(async () => {
  metrics = createServer((_, response) => {
    void registry
      .metrics()
      .then((text) => response.setHeader('content-type', registry.contentType).end(text));
  });
  requests.inc({ status: '200' }, 5);
  started.set(7);
  address = await listenOnLoopback(metrics);
});

afterAll(() => metrics.close());

describe('Prometheus', () => {
  let folder: string;
  let prometheus: ChildProcess | undefined;
  let url: string;
  /** What Prometheus scrapes besides, which it may stop to do. */
  const others = (targets: string[]) =>
    writeFile(
      join(folder, 'others.json'),
      JSON.stringify([{ targets, labels: { replica: 'r2' } }]),
    );
  const isScraped = (replica: string) => {
    const query = encodeURIComponent(`inference_requests_total{replica="${replica}"}`);
    return fetch(`${url}/api/v1/query?query=${query}`).then(
      async (answer) => answer.ok && (await answer.text()).includes(replica),
      () => false,
    );
  };

  beforeAll(async () => {
    const tool = await ensureTool('prometheus');
    folder = await mkdtemp(join(tmpdir(), 'tailgate-series-'));
    const free = createServer();
    const listenAt = await listenOnLoopback(free);
    free.close();
    await once(free, 'close');
    await writeFile(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: server
    static_configs: [{ targets: ['${address}'], labels: { replica: r1 } }]
  - job_name: others
    file_sd_configs: [{ files: ['${folder}/others.json'], refresh_interval: 1s }]
`,
    );
    await others([address.replace('127.0.0.1', 'localhost')]);
    prometheus = spawn(
      tool.path,
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=${listenAt}`,
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    url = `http://${listenAt}`;
    for (const replica of ['r1', 'r2'])
      await vi.waitUntil(() => isScraped(replica), { timeout: 60_000, interval: 200 });
  });

  /** With a query, which a proxy in front of a Prometheus may ask for. */
  const source = () =>
    ({ kind: 'prometheus', url: `${url}/?tenant=a`, dialect: 'reference', ours: true }) as const;

  afterAll(async () => {
    if (prometheus !== undefined) {
      prometheus.kill('SIGKILL');
      await once(prometheus, 'exit');
    }
    await rm(folder, { recursive: true });
  });

  test('gives raw scrapes up to one after the last answer', async () => {
    const from = Date.now();
    requests.inc({ status: '200' }, 7);
    const asked = Date.now();
    const file = await recordSeries({ ...source(), selector: { replica: 'r1' } }, fetchAs({}), {
      scenario: 'p/s',
      from,
    });
    expect(file.failure).toBeNull();
    expect(countOf(file, '200')).toBe(7);
    for (const { points, labels } of file.series) {
      expect(points.at(-1)?.[0]).toBeGreaterThan(asked);
      expect(points[0]?.[0]).toBeLessThan(from);
      expect(points[1]?.[0]).toBeGreaterThanOrEqual(from);
      expect(labels['replica']).toBe('r1');
    }
    expect(file.series.map(({ metric }) => metric).sort()).toEqual([
      'inference_requests_total',
      'process_start_time_seconds',
      'up',
    ]);
  });

  test('shows by its start time a replica that restarted, also when its counter is higher than before', async () => {
    const from = Date.now();
    started.set(9);
    requests.inc({ status: '200' }, 3);
    const { failure, series } = await recordSeries(source(), fetchAs({}), {
      scenario: 'p/s',
      from,
    });
    expect(failure).toBeNull();
    const starts = series.find(({ metric }) => metric === 'process_start_time_seconds');
    expect(starts?.points[0]?.[1]).toBe(7);
    expect(starts?.points.at(-1)?.[1]).toBe(9);
  });

  test('keeps what it had of a replica that it scrapes no more', async () => {
    const from = Date.now();
    await others([]);
    await vi.waitUntil(async () => !(await isScraped('r2')), { timeout: 60_000, interval: 200 });
    const { failure, series, answeredBy } = await recordSeries(source(), fetchAs({}), {
      scenario: 'p/s',
      from,
      withinMs: 5_000,
    });
    expect(failure).toBeNull();
    const last = series
      .filter(({ metric }) => metric === 'inference_requests_total')
      .map(({ labels, points }) => [
        labels['replica'],
        (points.at(-1)?.[0] ?? 0) > (answeredBy ?? 0),
      ]);
    expect(Object.fromEntries(last)).toEqual({ r1: true, r2: false });
  });
});
