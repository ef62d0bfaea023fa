import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counter, Registry } from 'prom-client';
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

let metrics: Server;
let address: string;

beforeAll(async () => {
  metrics = createServer((_, response) => {
    void registry
      .metrics()
      .then((text) => response.setHeader('content-type', registry.contentType).end(text));
  });
  requests.inc({ status: '200' }, 5);
  address = await listenOnLoopback(metrics);
});

afterAll(() => metrics.close());

describe('Prometheus', () => {
  let folder: string;
  let prometheus: ChildProcess | undefined;
  let url: string;

  beforeAll(async () => {
    const tool = await ensureTool('prometheus');
    folder = await mkdtemp(join(tmpdir(), 'tailgate-series-'));
    const free = createServer();
    const listenAt = await listenOnLoopback(free);
    free.close();
    await once(free, 'close');
    await writeFile(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs: [{ job_name: server, static_configs: [{ targets: ['${address}'], labels: { replica: r1 } }] }]\n`,
    );
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
    const isUp = () =>
      fetch(`${url}/api/v1/query?query=inference_requests_total`).then(
        async (answer) => answer.ok && (await answer.text()).includes('inference_requests_total'),
        () => false,
      );
    await vi.waitUntil(isUp, { timeout: 60_000, interval: 200 });
  });

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
    const file = await recordSeries(
      { kind: 'prometheus', url, dialect: 'reference', ours: true },
      fetchAs({}),
      {
        scenario: 'p/s',
        from,
      },
    );
    expect(file.failure).toBeNull();
    expect(countOf(file, '200')).toBe(7);
    for (const { points, labels } of file.series) {
      expect(points.at(-1)?.[0]).toBeGreaterThan(asked);
      expect(points[0]?.[0]).toBeLessThan(from);
      expect(points[1]?.[0]).toBeGreaterThanOrEqual(from);
      expect(labels['replica']).toBe('r1');
    }
    expect(file.series.map(({ metric }) => metric)).toContain('up');
  });
});
