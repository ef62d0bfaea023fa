import { z } from 'zod';
import { parseMetricsText } from '../../../evidence/metrics-text.ts';
import { formats } from '../../../traffic/apis/index.ts';
import { check } from '../../runner/check.ts';
import type { Http } from '../../runner/http.ts';
import { between, is } from '../../runner/matchers.ts';
import { predictPath } from '../shared/kserve-v1.ts';

/** So often at most: a machine that is busy may not send as many requests within the wait as fill a batch. */
const volleys = 3;
const lone = 5;

export const v1Batcher = check({
  id: 'v1-batcher',
  about:
    'requests go to the device in batches of so many at most, and none waits longer than so long for others',
  needs: ['kserve-v1', 'stack'],
  topology: [{ part: 'reference-server', name: 'replica-1', flags: { batcher: true } }],
  params: z.object({
    /** Requests in a batch, at most. */
    size: z.int().positive(),
    /** Longest that a request waits for others. */
    waitMs: z.number().positive(),
    /** How far the quickest of a few lone answers may be from it: timers fire early, and the model takes its time. */
    earlyMs: z.number().nonnegative().default(5),
    lateMs: z.number().nonnegative().default(50),
  }),
  async run({ http, expect, model, stack }, { size, waitMs, earlyMs, lateMs }) {
    const [server] = stack.replicas;
    if (server === undefined) throw new Error('the stack has no server');
    const batches = () => readBatches(http, server.metricsUrl, { model, size });
    const ask = (row: number) =>
      http({ path: predictPath(model), body: formats['kserve-v1'].bodyOf([row]), headers: json });
    const atOnce = (requests: number) =>
      Promise.all(Array.from({ length: requests }, (_, row) => ask(row)));

    const first = await batches();
    const alone = [];
    for (let row = 0; row < lone; row++) alone.push(await ask(row));
    const quickest = Math.min(...alone.map(({ ms }) => ms));
    expect.value(
      'milliseconds to the quickest answer of lone requests',
      Math.round(quickest),
      between(waitMs - earlyMs, waitMs + lateMs),
      alone.find(({ ms }) => ms === quickest),
    );
    expect.value('batches of lone requests', (await batches()).count - first.count, is(lone));

    let fewest = Number.POSITIVE_INFINITY;
    for (let volley = 0; volley < volleys && fewest > 1; volley++) {
      const before = await batches();
      await atOnce(size);
      fewest = Math.min(fewest, (await batches()).count - before.count);
    }
    expect.value('batches of as many requests at once as one holds', fewest, is(1));
    await atOnce(2 * size);
    const { count, allowed } = await batches();
    expect.value('batches of more', allowed === undefined ? undefined : count - allowed, is(0));
  },
});

const json = { 'content-type': 'application/json' };

/** All batches so far, and those of as many requests as allowed. */
interface Batches {
  count: number;
  /** Undefined where the histogram has no such bucket. */
  allowed: number | undefined;
}

const sizes = new Set(['inference_batch_size_count', 'inference_batch_size_bucket']);

async function readBatches(
  http: Http,
  metricsUrl: string,
  { model, size }: { model: string; size: number },
): Promise<Batches> {
  const { origin, pathname } = new URL(metricsUrl);
  const { text } = await http({ to: origin, path: pathname });
  const own = parseMetricsText(text, sizes).filter(({ labels }) => labels['model'] === model);
  const value = (metric: string, le?: string) =>
    own.find((one) => one.metric === metric && one.labels['le'] === le)?.value;
  return {
    count: value('inference_batch_size_count') ?? 0,
    allowed: value('inference_batch_size_bucket', String(size)),
  };
}
