import { freePort } from '../../fixtures/runtime/ports.ts';
import { fieldOf } from './shared/json.ts';
import type { Reply, Tampering } from './tampered-stack.testing.ts';

/** A service or a log that is not as it should be, and what of which check has to fail for it, and nothing else of that check. */
export interface Defect {
  name: string;
  /** Made anew for each check. */
  seeded: () => Tampering | Promise<Tampering>;
  /** In place of the profile's parameters: the service is then the one that does not do as documented. */
  params?: Readonly<Record<string, unknown>>;
  fails: Readonly<Record<string, readonly string[] | 'everything'>>;
}

const json = (reply: Reply, change: (body: object) => object): Reply => {
  const body: unknown = JSON.parse(reply.text);
  return typeof body === 'object' && body !== null
    ? { ...reply, text: JSON.stringify(change(body)) }
    : reply;
};

/** Changes the answers of one path. */
const at = (path: string, change: (reply: Reply) => Reply): Tampering => ({
  reply: (reply, asked) => (asked.path === path ? change(reply) : reply),
});

const status = (path: string, code: number) => at(path, (reply) => ({ ...reply, status: code }));

const failing = status('/score', 500);
const withoutCacheStatus = at('/score', ({ status: code, text }) => ({
  status: code,
  headers: {},
  text,
}));

const otherClasses = (reply: Reply): Reply =>
  json(reply, (body) => {
    const classes = fieldOf(body, 'predictions');
    return Array.isArray(classes)
      ? { ...body, predictions: classes.map((one) => 1 - Number(one)) }
      : body;
  });

/** Settings of Redis while a check looks, and after it. */
const configured = (
  settings: Record<string, string>,
  usual: Record<string, string>,
): Tampering => ({ redis: settings, redisAfter: usual });

/** Log lines, each as it is written in their place. */
const lines = (change: (line: string) => string) => () => ({
  log: (text: string) => text.split('\n').map(change).join('\n'),
});

const quantiles = ['p50', 'p95', 'p99'].map((one) => `${one} of the logged durations`);

/** To be seen while the model loads. */
export const whileLoading: readonly Defect[] = [
  {
    name: '/health is healthy before the model is loaded',
    seeded: () =>
      at('/health', (reply) => ({
        ...json(reply, (body) => ({ ...body, status: 'healthy', model_loaded: true })),
        status: 200,
      })),
    fails: { 'health-while-loading': 'everything' },
  },
  {
    name: 'a server whose model loads is not alive, but ready, and predicts',
    seeded: () => ({
      reply: (reply, { path }) => ({ ...reply, status: path === '/liveness' ? 503 : 200 }),
    }),
    fails: { 'probes-while-loading': 'everything' },
  },
];

/** To be seen on one server whose model is loaded. */
export const onOneServer: readonly Defect[] = [
  {
    name: '/health is not healthy with the model loaded',
    seeded: () =>
      at('/health', (reply) => ({
        ...json(reply, (body) => ({ ...body, status: 'unhealthy', model_loaded: false })),
        status: 503,
      })),
    fails: { 'health-counts': ['/health with the model loaded', 'status', 'model_loaded'] },
  },
  {
    name: '/health counts each request twice and no error',
    seeded: () =>
      at('/health', (reply) =>
        json(reply, (body) => ({
          ...body,
          total_requests: 2 * Number(fieldOf(body, 'total_requests')),
          error_count: 0,
        })),
      ),
    fails: { 'health-counts': ['requests counted', 'errors counted', 'error_rate_percent'] },
  },
  {
    name: '/health gives the share of errors with one decimal',
    seeded: () =>
      at('/health', (reply) =>
        json(reply, (body) => ({
          ...body,
          error_rate_percent: Number(Number(fieldOf(body, 'error_rate_percent')).toFixed(1)),
        })),
      ),
    fails: { 'health-counts': ['error_rate_percent'] },
  },
  {
    name: 'the server is neither alive nor ready, and does not predict',
    seeded: () => ({ reply: (reply) => ({ ...reply, status: 503 }) }),
    fails: { 'probes-once-loaded': 'everything' },
  },
  {
    name: 'the service fails every request',
    seeded: () => failing,
    fails: {
      'environment-in-answer': [
        'an answer to one row',
        'an answer to several rows',
        'an answer to the same row again',
      ],
      'cache-key': ['the first answer'],
    },
  },
  {
    name: 'the environment does not reach the answers',
    seeded: () =>
      at('/score', (reply) =>
        json(reply, (body) => ({
          ...body,
          metadata: { model_name: 'model', model_version: 'v1', deployment: 'production' },
        })),
      ),
    fails: {
      'environment-in-answer': ['one row', 'several rows', 'the same row again'].flatMap((of) =>
        ['model_name', 'model_version', 'deployment'].map((name) => `${name} for ${of}`),
      ),
    },
  },
  {
    name: 'no answer says that it came from the cache',
    seeded: () => withoutCacheStatus,
    fails: {
      'environment-in-answer': ['an answer from the cache'],
      'cache-hit-log': 'everything',
      'cache-key': ['the second answer from the cache'],
    },
  },
  {
    name: 'the log says neither that a request was completed nor that it failed',
    seeded: lines((line) => line.replace('completed', 'done').replace('failed', 'not done')),
    fails: { 'request-log': 'everything', 'log-lines': 'everything' },
  },
  {
    name: 'durations are logged in seconds',
    seeded: lines((line) =>
      line.replace(/(completed in )([\d.]+)/, (_, words, ms) => words + (ms / 1000).toFixed(2)),
    ),
    fails: { 'request-log': quantiles, 'log-lines': [] },
  },
  {
    name: 'durations are logged in microseconds',
    seeded: lines((line) =>
      line.replace(/(completed in )([\d.]+)/, (_, words, ms) => words + (ms * 1000).toFixed(2)),
    ),
    fails: { 'request-log': quantiles },
  },
  {
    name: 'durations are logged without decimals',
    seeded: lines((line) => line.replace(/(completed in \d+)\.\d+/, '$1')),
    fails: {
      'request-log': ['durations logged', ...quantiles],
      'log-lines': [
        'lines that the documented pattern finds',
        'ids of completed requests in the log',
      ],
    },
  },
  {
    name: 'durations are logged with three decimals',
    seeded: lines((line) => line.replace(/(completed in \d+\.\d+)/, '$10')),
    fails: { 'request-log': [], 'log-lines': ['ids of completed requests in the log'] },
  },
  {
    name: 'each request is logged twice',
    seeded: lines((line) => (line.includes('completed in') ? `${line}\n${line}` : line)),
    fails: {
      'request-log': ['requests counted', 'durations logged'],
      'log-lines': [
        'lines that the documented pattern finds',
        'ids of completed requests in the log',
      ],
    },
  },
  {
    name: 'failures are not called so',
    seeded: lines((line) => line.replace('failed', 'was refused')),
    fails: {
      'request-log': ['requests counted', 'errors counted'],
      'log-lines': ['lines that tell of a failure', 'ids of failed requests in the log'],
    },
  },
  {
    name: 'requests have other ids in the log',
    seeded: lines((line) => line.replace(/Request \d+/, 'Request 0')),
    fails: {
      'request-log': [],
      'log-lines': ['ids of completed requests in the log', 'ids of failed requests in the log'],
    },
  },
  {
    name: 'hits of the cache are not logged',
    seeded: lines((line) => line.replace('Cache hit', 'Found')),
    fails: { 'cache-hit-log': ['hits logged', 'requests that the logged hits name'] },
  },
  {
    name: 'hits of the cache are logged under one id',
    seeded: lines((line) => line.replace(/(Cache hit for request )\d+-\d+/, '$11-1')),
    fails: { 'cache-hit-log': ['requests that the logged hits name'] },
  },
  {
    name: 'hits and misses of the cache are not counted',
    seeded: () => ({
      metrics: (text) =>
        text.replaceAll(/^(inference_cache_(?:hits|misses)_total\S*) .*/gm, '$1 0'),
    }),
    fails: { 'cache-hit-log': ['hits counted', 'misses counted'] },
  },
  {
    name: 'the start is told in milliseconds',
    seeded: () => ({
      metrics: (text) => text.replace(/^(inference_start_time_seconds) (\S+)/m, '$1 $2e3'),
    }),
    fails: { 'start-time': ['seconds from the start by the metric to that by the uptime'] },
  },
  {
    name: '/health does not tell the uptime',
    seeded: () =>
      at('/health', (reply) => json(reply, (body) => ({ ...body, uptime_seconds: undefined }))),
    fails: { 'start-time': 'everything' },
  },
  {
    name: 'something in front makes valid what is not',
    seeded() {
      let made = 0;
      return {
        body(text) {
          made += 1;
          return text.length < 200 && isCompact(text) ? text : `{"data":[[${made}e6,1]]}`;
        },
      };
    },
    fails: { 'invalid-input-stays-out': 'everything' },
  },
  {
    name: 'the key of the cache is of another text than the body',
    seeded: () => ({ body: (text) => `${text} ` }),
    fails: {
      'cache-key': [
        'predictions in Redis under the MD5',
        'seconds until it is forgotten',
        'an answer whose entry in Redis was replaced',
      ],
    },
  },
  {
    name: 'answers stay in Redis for longer than documented',
    seeded: () => ({}),
    params: { ttlSeconds: 60 },
    fails: { 'cache-key': ['seconds until it is forgotten'] },
  },
  {
    name: 'answers stay in Redis for less time than documented',
    seeded: () => ({}),
    params: { ttlSeconds: 7_200 },
    fails: { 'cache-key': ['seconds until it is forgotten'] },
  },
  {
    name: 'a hit of the cache has other predictions',
    seeded: () =>
      at('/score', (reply) =>
        reply.headers['cache-status']?.endsWith('hit') ? otherClasses(reply) : reply,
      ),
    fails: { 'cache-key': ['predictions of the second answer'] },
  },
  {
    name: 'Redis has half of its memory',
    seeded: () => configured({ maxmemory: '512mb' }, { maxmemory: '1gb' }),
    fails: { 'cache-size': ['bytes that Redis takes at most'] },
  },
];

/** As the checks write what is valid: what is not has spaces, or other words. */
const isCompact = (text: string) => /^\{"data":\[(\[[-\d.e,]+\],?)+\]\}$/.test(text);

const policy = (name: string) => () =>
  configured({ 'maxmemory-policy': name }, { 'maxmemory-policy': 'allkeys-lru' });

/** To be seen on a small Redis that speaks TLS. */
export const onSmallCache: readonly Defect[] = [
  {
    name: 'the service does not use the Redis that speaks TLS',
    seeded: () => withoutCacheStatus,
    fails: {
      'cache-over-tls': ['an answer from the cache'],
      'cache-evicts-lru': [
        'answers from the cache before it is full',
        'a new answer in a full Redis',
      ],
    },
  },
  {
    name: 'Redis takes plain text, and no TLS',
    async seeded() {
      const port = await freePort();
      return { ...configured({ port: String(port) }, { port: '0' }), cachePort: port };
    },
    fails: {
      'cache-over-tls': [
        'a PING in plain text',
        'a PING over TLSv1, which is too old',
        'a PING over TLSv1.1, which is too old',
        'a PING over the oldest TLS that is to do',
      ],
    },
  },
  {
    name: 'Redis takes TLS 1.1 too',
    seeded: () =>
      configured(
        { 'tls-ciphers': 'DEFAULT@SECLEVEL=0', 'tls-protocols': 'TLSv1.1 TLSv1.2 TLSv1.3' },
        { 'tls-ciphers': '', 'tls-protocols': 'TLSv1.2 TLSv1.3' },
      ),
    fails: { 'cache-over-tls': ['a PING over TLSv1.1, which is too old'] },
  },
  {
    name: 'Redis takes TLS 1.3 alone',
    seeded: () =>
      configured({ 'tls-protocols': 'TLSv1.3' }, { 'tls-protocols': 'TLSv1.2 TLSv1.3' }),
    fails: { 'cache-over-tls': ['a PING over the oldest TLS that is to do'] },
  },
  {
    name: 'a full Redis drops whatever comes first to hand',
    seeded: policy('allkeys-random'),
    fails: { 'cache-evicts-lru': ['what went of a full Redis'] },
  },
  {
    name: 'a full Redis drops what is to be forgotten first',
    seeded: policy('volatile-ttl'),
    fails: { 'cache-evicts-lru': ['what went of a full Redis'] },
  },
  {
    name: 'a full Redis drops what was read least often',
    seeded: policy('allkeys-lfu'),
    fails: { 'cache-evicts-lru': ['what went of a full Redis'] },
  },
  {
    name: 'a full Redis drops nothing',
    seeded: policy('noeviction'),
    fails: {
      'cache-evicts-lru': [
        'why a full Redis refused to store',
        'keys that a full Redis dropped',
        'what went of a full Redis',
      ],
    },
  },
];

/** To be seen when Redis is killed. */
export const withRedisKilled: readonly Defect[] = [
  {
    name: 'answers wait for Redis',
    seeded: () => ({ delayMs: 250 }),
    fails: { 'works-without-cache': ['milliseconds in the middle'] },
  },
  {
    name: 'without Redis the service fails',
    seeded: () => ({
      reply: (reply, { cacheGone }) => (cacheGone ? { ...reply, status: 500, text: '{}' } : reply),
    }),
    fails: {
      'works-without-cache': [
        'an answer to a row that was cached',
        'predictions for a row that was cached',
        'an answer to a new row',
      ],
    },
  },
  {
    name: 'without Redis the service answers something else',
    seeded: () => ({
      reply: (reply, { cacheGone }) => (cacheGone ? otherClasses(reply) : reply),
    }),
    fails: { 'works-without-cache': ['predictions for a row that was cached'] },
  },
];

/** To be seen on a service that was set up without Redis. */
export const withoutCache: readonly Defect[] = [
  {
    name: 'a cache that nobody asked for answers',
    seeded() {
      const kept = new Map<string, Reply>();
      return {
        reply(reply, { body }) {
          const known = kept.get(body);
          if (known === undefined) kept.set(body, reply);
          return known ? { ...known, headers: { 'cache-status': 'memory; hit' } } : reply;
        },
      };
    },
    fails: {
      'cache-switchable': ['a repeated answer from a cache', 'whether both have one request id'],
    },
  },
  {
    name: 'without a cache the service fails',
    seeded: () => failing,
    fails: { 'cache-switchable': ['an answer without a cache', 'the same request again'] },
  },
  {
    name: 'the same request has another answer',
    seeded() {
      let answers = 0;
      return {
        reply(reply) {
          answers += 1;
          return answers > 1 ? otherClasses(reply) : reply;
        },
      };
    },
    fails: { 'cache-switchable': ['predictions of the repeated answer'] },
  },
];
