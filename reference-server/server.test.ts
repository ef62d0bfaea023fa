import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Lookup,
  lookupResults,
  type ResponseCache,
  type WriteResult,
} from './cache/response-cache.ts';
import { start, token } from './server.testing.ts';
import { VirtualTime } from './simulation/virtual-time.ts';

/** Keeps answers in this process. */
class MapCache implements ResponseCache {
  readonly stored = new Map<string, string>();

  async get(key: string): Promise<Lookup> {
    const value = this.stored.get(key);
    return value === undefined ? { kind: 'miss' } : { kind: 'hit', value };
  }

  async set(key: string, value: string): Promise<WriteResult> {
    this.stored.set(key, value);
    return 'stored';
  }

  close(): void {}
}

const row = { data: [[1, 2, 3, 4]] };

describe('POST /score', () => {
  test('answers as documented, with names from the environment', async () => {
    const { score } = await start({
      environment: { MODEL_NAME: 'm', MODEL_VERSION: 'v9', DEPLOYMENT_NAME: 'blue' },
    });
    const response = await score({
      data: [
        [1, 2],
        [3, 4],
        [-5, 6],
      ],
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      predictions: [expect.toBeOneOf([0, 1]), expect.toBeOneOf([0, 1]), expect.toBeOneOf([0, 1])],
      metadata: {
        model_name: 'm',
        model_version: 'v9',
        deployment: 'blue',
        request_id: expect.stringMatching(/^\d{13}-\d+$/),
        inference_time_ms: expect.any(Number),
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        num_predictions: 3,
      },
    });
  });

  test('the same row has the same class on another replica, and both classes occur', async () => {
    const one = await start();
    const other = await start({ args: ['--replica', 'r2', '--seed', '7'] });
    const data = Array.from({ length: 50 }, (_, index) => [
      index - 25,
      25 - index,
      (index * 7) % 11,
      -3,
    ]);
    const [a, b] = [(await one.score({ data })).json(), (await other.score({ data })).json()];
    expect(a.predictions).toEqual(b.predictions);
    expect(new Set(a.predictions)).toEqual(new Set([0, 1]));
  });

  test('errors are structured and show nothing of the files', async () => {
    const { score } = await start();
    const cases: [string, number, Record<string, string>?][] = [
      ['', 400],
      ['{"data": [[1], [2, 3]]}', 400],
      ['not json', 400],
      ['{}', 400, { 'content-type': 'text/html' }],
      [`{"data": [${'0,'.repeat(149_999)}0]}`, 400],
      [' '.repeat(40_000_001), 413],
      [`${' '.repeat(10_000_001)}1`, 413],
    ];
    for (const [body, status, headers] of cases) {
      const response = await score(body, headers);
      expect(response.statusCode, body.slice(0, 40)).toBe(headers ? 415 : status);
      expect(response.json()).toEqual({
        error: expect.any(String),
        trace: expect.stringMatching(/^Refusal: [A-Z_]+$/),
        metadata: {
          request_id: expect.any(String),
          timestamp: expect.any(String),
          model_version: 'v1.2.3',
        },
      });
    }
  });

  test('invalid input never reaches the model', async () => {
    const { score, metric } = await start();
    await score({ data: [['x']] });
    expect(await metric('inference_batch_size_count')).toBe(0);
    await score(row);
    expect(await metric('inference_batch_size_count')).toBe(1);
  });

  test('a full queue is refused with Retry-After', async () => {
    const { score } = await start({
      args: ['--device', 'fixedMs=40,queueLimit=1,maxBatch=1,jitter=0,loadFixedMs=0'],
    });
    const responses = await Promise.all([score(row), score(row), score(row), score(row)]);
    const refused = responses.filter(({ statusCode }) => statusCode === 503);
    expect(responses.filter(({ statusCode }) => statusCode === 200)).toHaveLength(2);
    expect(refused.map(({ headers }) => headers['retry-after'])).toEqual(['1', '1']);
  });
});

describe('correlation', () => {
  test('the id that was sent is on every line and in the answer; a strange one is replaced', async () => {
    const { score, lines } = await start({ cache: new MapCache() });
    await score(row);
    lines.splice(0);
    const response = await score(row, { 'x-request-id': 'trace-1' });
    expect(response.headers['x-request-id']).toBe('trace-1');
    expect(lines.map(({ requestId }) => requestId)).toEqual(['trace-1', 'trace-1']);
    const strange = await score(row, { 'x-request-id': 'a b\u0007' });
    expect(strange.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('one line per request with its duration, as the documented queries look for it', async () => {
    const { score, lines } = await start();
    const { request_id: id } = (await score(row)).json().metadata;
    await score('');
    const texts = lines.map(({ msg }) => String(msg));
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(/completed in (\d+\.\d+)ms/);
    expect(texts[0]).toMatch(new RegExp(`^Request ${id} completed in \\d+\\.\\d\\dms$`));
    expect(texts[1]).toMatch(/^Request \d+-\d+ failed: Request body is empty or None$/);
  });
});

describe('the response cache', () => {
  test('a repeat is served from it, under the MD5 of the body, and still counts', async () => {
    const cache = new MapCache();
    const { score, lines, metric } = await start({ cache });
    const first = await score(row);
    const second = await score(row);
    expect([first, second].map(({ headers }) => headers['cache-status'])).toEqual([
      'redis; fwd=miss',
      'redis; hit',
    ]);
    expect(second.body).toBe(first.body);
    expect([...cache.stored.keys()]).toEqual([
      createHash('md5').update(JSON.stringify(row)).digest('hex'),
    ]);
    expect(lines.some(({ msg }) => /^Cache hit for request \d+-\d+$/.test(String(msg)))).toBe(true);
    expect(await metric('inference_cache_hits_total')).toBe(1);
    expect(await metric('inference_cache_misses_total')).toBe(1);
    expect(await metric('inference_requests_total')).toBe(2);
    expect(await metric('inference_batch_size_count')).toBe(1);
  });

  test('errors are not kept', async () => {
    const cache = new MapCache();
    const { score } = await start({ cache });
    await score({ data: [] });
    expect(cache.stored.size).toBe(0);
  });

  test('without a cache nothing is said of one; with one that is away the request is served', async () => {
    expect((await (await start()).score(row)).headers['cache-status']).toBeUndefined();
    const away: ResponseCache = {
      get: async () => ({ kind: 'skipped' }),
      set: async () => 'skipped',
      close() {},
    };
    const response = await (await start({ cache: away })).score(row);
    expect([response.statusCode, response.headers['cache-status']]).toEqual([
      200,
      'redis; fwd=miss; detail=unreachable',
    ]);
  });
});

describe('what the cache does is counted', () => {
  const series = (name: string, result: string) =>
    `${name}{model="diabetes-classifier",result="${result}"}`;

  test.each(lookupResults)('a lookup that ends as: %s', async (kind) => {
    const found: Lookup = kind === 'hit' ? { kind, value: '{}' } : { kind };
    const cache: ResponseCache = { get: async () => found, set: async () => 'skipped', close() {} };
    const { score, metric } = await start({ cache });
    await score(row);
    for (const other of lookupResults) {
      expect(await metric(series('inference_cache_lookups_total', other)), other).toBe(
        other === kind ? 1 : 0,
      );
    }
    expect(await metric('inference_cache_lookup_duration_seconds_count')).toBe(
      kind === 'skipped' ? 0 : 1,
    );
    expect(await metric('inference_cache_hits_total')).toBe(kind === 'hit' ? 1 : 0);
    expect(await metric('inference_cache_misses_total')).toBe(kind === 'hit' ? 0 : 1);
  });

  test('a write, once it has ended; the answer does not wait for it', async () => {
    const { promise, resolve } = Promise.withResolvers<WriteResult>();
    const cache: ResponseCache = {
      get: async () => ({ kind: 'miss' }),
      set: () => promise,
      close() {},
    };
    const { score, metric } = await start({ cache });
    expect((await score(row)).statusCode).toBe(200);
    expect(await metric('inference_cache_writes_total')).toBe(0);
    resolve('timeout');
    expect(await metric(series('inference_cache_writes_total', 'timeout'))).toBe(1);
  });
});

describe('methods', () => {
  test.each([
    ['mlops-aks', ['/liveness', '/readiness', '/health']],
    ['kserve-mlops', ['/health', '/v1/models', '/v1/models/small']],
  ])('%s: HEAD answers as GET does, without the body', async (system, paths) => {
    const { server } = await start({ args: ['--system', system] });
    for (const url of paths) {
      const [get, head] = [
        await server.app.inject({ method: 'GET', url }),
        await server.app.inject({ method: 'HEAD', url }),
      ];
      expect([head.statusCode, head.headers['content-type'], head.body], url).toEqual([
        200,
        get.headers['content-type'],
        '',
      ]);
    }
  });

  test.each<['app' | 'metricsApp' | 'adminApp', 'POST' | 'GET' | 'DELETE', string, string]>([
    ['app', 'POST', '/v1/models/small', 'GET, HEAD'],
    ['app', 'POST', '/v1/models/small:explain', 'GET, HEAD'],
    ['app', 'GET', '/v1/models/small:predict', 'POST'],
    ['app', 'DELETE', '/v1/models', 'GET, HEAD'],
    ['metricsApp', 'POST', '/metrics', 'GET, HEAD'],
    ['adminApp', 'POST', '/faults', 'DELETE, GET, HEAD, PUT'],
    ['adminApp', 'GET', '/crash', 'POST'],
  ])('%s: %s %s is told what is allowed', async (listener, method, url, allow) => {
    const { server, metric } = await start({ args: ['--system', 'kserve-mlops'] });
    const headers = { authorization: `Bearer ${token}` };
    const response = await server[listener]?.inject({ method, url, headers });
    expect([response?.statusCode, response?.headers.allow]).toEqual([405, allow]);
    expect(response?.json()).toEqual({ error: `${method} is not allowed here, but ${allow}` });
    expect(await metric('inference_requests_total')).toBe(0);
  });

  test('without the token the admin listener does not tell', async () => {
    const { server } = await start();
    for (const [method, url] of [
      ['POST', '/faults'],
      ['GET', '/nope'],
    ] as const)
      expect((await server.adminApp?.inject({ method, url }))?.statusCode).toBe(401);
  });
});

describe('probes and counts', () => {
  test('liveness is up while the model loads; readiness, health and inference wait for it', async () => {
    const { server, score } = await start({ loaded: false });
    const statuses = async () =>
      Promise.all(
        ['/liveness', '/readiness', '/health'].map(
          async (url) => (await server.app.inject(url)).statusCode,
        ),
      );
    expect(await statuses()).toEqual([200, 503, 503]);
    expect((await score(row)).statusCode).toBe(503);
    await server.load();
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  test('a model that does not fit leaves the server alive and not ready', async () => {
    const { server } = await start({ args: ['--device', 'memoryMiB=600'], loaded: false });
    expect(await server.load()).toEqual([
      'model diabetes-classifier needs 320 MiB of device memory, 88 MiB are free',
    ]);
    const statuses = await Promise.all(
      ['/liveness', '/readiness', '/health'].map((url) => server.app.inject(url)),
    );
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 503, 503]);
  });

  test('health counts as documented; probes do not count', async () => {
    const { server, score, metric } = await start();
    await score(row);
    await score(row);
    await score('');
    const { body } = await server.app.inject('/health');
    expect(JSON.parse(body)).toEqual({
      status: 'healthy',
      model_loaded: true,
      model_name: 'diabetes-classifier',
      model_version: 'v1.2.3',
      uptime_seconds: expect.any(Number),
      total_requests: 3,
      error_count: 1,
      error_rate_percent: 33.33,
    });
    expect(await metric('inference_requests_total')).toBe(3);
    expect(await metric('inference_errors_total')).toBe(1);
    expect(await metric('inference_duration_seconds_count')).toBe(3);
  });

  test('every documented latency limit is an edge of the histogram, and the device says that it is simulated', async () => {
    const { server } = await start();
    const { body } = await server.metricsApp.inject('/metrics');
    for (const edge of [0.05, 0.1, 0.2, 0.5, 2]) expect(body).toContain(`le="${edge}"`);
    for (const name of [
      'GPU_UTIL',
      'FB_USED',
      'FB_FREE',
      'FB_RESERVED',
      'GPU_TEMP',
      'POWER_USAGE',
      'TOTAL_ENERGY_CONSUMPTION',
    ]) {
      expect(body).toMatch(new RegExp(`# HELP DCGM_FI_DEV_${name} .*simulated`));
      expect(body).toMatch(
        new RegExp(
          `DCGM_FI_DEV_${name}{gpu="0",UUID="GPU-[0-9a-f-]{36}",device="nvidia0",modelName="Simulated [^"]+",Hostname="r1"}`,
        ),
      );
    }
  });
});

describe('KServe V1', () => {
  test('lists, tells readiness, predicts, refuses', async () => {
    const { server } = await start({ args: ['--system', 'kserve-mlops'] });
    const get = async (url: string) => (await server.app.inject(url)).json();
    expect(await get('/v1/models')).toEqual({ models: ['small', 'medium', 'large'] });
    expect(await get('/v1/models/small')).toEqual({ name: 'small', ready: true });
    const post = (model: string, payload: object) =>
      server.app.inject({ method: 'POST', url: `/v1/models/${model}:predict`, payload });
    for (const model of ['small', 'medium', 'large']) {
      const response = await post(model, {
        instances: [
          [1, 2],
          [3, 4],
        ],
      });
      expect(response.json()).toEqual({
        predictions: [expect.toBeOneOf([0, 1]), expect.toBeOneOf([0, 1])],
      });
    }
    expect((await post('small', { inputs: [1, 2, 3] })).json().predictions).toHaveLength(3);
    const unknown = await post('other', { instances: [[1]] });
    expect([unknown.statusCode, unknown.json()]).toEqual([
      404,
      { error: 'Model with name other does not exist.' },
    ]);
    expect((await post('small', {})).statusCode).toBe(400);
    const { body } = await server.metricsApp.inject('/metrics');
    expect(body).toContain(
      'inference_requests_total{route="/v1/models/{model}:predict",model="unknown",status="404"} 1',
    );
  });
});

describe('faults', () => {
  test('only with the token, validated, replaced as a whole, taken back', async () => {
    const { server, admin } = await start();
    for (const given of [undefined, 'Bearer wrong', token]) {
      const response = await server.adminApp?.inject({
        url: '/faults',
        headers: given ? { authorization: given } : {},
      });
      expect(response?.statusCode).toBe(401);
    }
    expect((await admin('PUT', '/faults', { errorShare: 2 })).statusCode).toBe(400);
    expect((await admin('PUT', '/faults', { typo: 1 })).statusCode).toBe(400);
    expect((await admin('PUT', '/faults', { latencyGrowth: { msPerSecond: 0 } })).statusCode).toBe(
      400,
    );
    expect((await admin('PUT', '/faults', { stall: { ms: 10, everyMs: 10 } })).statusCode).toBe(
      400,
    );
    await admin('PUT', '/faults', { errorShare: 0.5 });
    await admin('PUT', '/faults', { latencyMs: 5 });
    expect((await admin('GET', '/faults')).json()).toEqual({ latencyMs: 5 });
    expect((await admin('DELETE', '/faults')).statusCode).toBe(204);
    expect((await admin('GET', '/faults')).json()).toEqual({});
  });

  test('an error share fails that share, alike with the same seed, apart on another replica', async () => {
    const failures = async (args: string[]) => {
      const { score, admin } = await start({ args });
      await admin('PUT', '/faults', { errorShare: 0.25 });
      const statuses: number[] = [];
      for (let index = 0; index < 400; index += 1) statuses.push((await score(row)).statusCode);
      return statuses;
    };
    const [a, again, other] = [
      await failures([]),
      await failures([]),
      await failures(['--replica', 'r2']),
    ];
    expect(a).toEqual(again);
    expect(a).not.toEqual(other);
    const failed = a.filter((status) => status === 500).length;
    // Four standard deviations about 100.
    expect(failed).toBeGreaterThan(65);
    expect(failed).toBeLessThan(135);
  });

  test('a malformed share cuts that share of the answers, hits of the cache too, and counts them as good', async () => {
    const cache = new MapCache();
    const { score, admin, metric } = await start({ cache });
    await admin('PUT', '/faults', { malformedShare: 1 });
    const [miss, hit] = [await score(row), await score(row)];
    expect(hit.headers['cache-status']).toBe('redis; hit');
    for (const answer of [miss, hit]) {
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toMatch(/^\{"predictions":/);
      expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
      expect(() => answer.json()).toThrow(SyntaxError);
    }
    for (const whole of cache.stored.values()) expect(JSON.parse(whole)).toBeTypeOf('object');
    expect((await score({})).json()).toHaveProperty('error');
    expect(await metric('inference_requests_total')).toBe(3);

    await admin('PUT', '/faults', { malformedShare: 0.25 });
    const bodies: string[] = [];
    for (let index = 0; index < 400; index += 1) bodies.push((await score(row)).body);
    const cut = bodies.filter((body) => !body.endsWith('}')).length;
    // Four standard deviations about 100.
    expect(cut).toBeGreaterThan(65);
    expect(cut).toBeLessThan(135);
  });

  test('under-reporting hides requests from the metrics and from nothing else', async () => {
    const { server, score, admin, metric } = await start();
    await admin('PUT', '/faults', { underReport: 1 });
    await score(row);
    expect(await metric('inference_requests_total')).toBe(0);
    expect((await server.app.inject('/health')).json().total_requests).toBe(1);
  });

  test('latency is added to each inference and to no hit', async () => {
    const time = new VirtualTime();
    const { server, score, admin } = await start({
      args: ['--device', 'loadFixedMs=0,fixedMs=8,perRowMs=0,jitter=0,maxWaitMs=0'],
      cache: new MapCache(),
      scheduler: time,
      loaded: false,
    });
    /** Lets virtual time run whenever this work waits for it. */
    const through = async <T>(work: PromiseLike<T>): Promise<T> => {
      let over = false;
      const result = work.then((value) => {
        over = true;
        return value;
      });
      while (!over) {
        await new Promise(setImmediate);
        time.run();
      }
      return result;
    };
    await through(server.load());
    const inferenceMs = async (payload: object) =>
      (await through(score(payload))).json().metadata.inference_time_ms;
    expect(await inferenceMs({ data: [1] })).toBe(8);
    await admin('PUT', '/faults', { latencyMs: 300 });
    expect(await inferenceMs({ data: [2] })).toBe(308);
    await admin('PUT', '/faults', { latencyMs: 300, latencyGrowth: { msPerSecond: 500 } });
    time.run(time.now() + 1992);
    expect(await inferenceMs({ data: [3] })).toBe(8 + 300 + 1000);
    const before = time.now();
    expect((await through(score({ data: [2] }))).headers['cache-status']).toBe('redis; hit');
    expect(time.now()).toBe(before);
  });

  test('crash asks for the end', async () => {
    const { admin, crashes } = await start();
    expect((await admin('POST', '/crash')).statusCode).toBe(202);
    await new Promise(setImmediate);
    expect(crashes()).toBe(1);
  });
});
