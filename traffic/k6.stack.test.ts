import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureTool } from '../fixtures/tools/index.ts';
import { nobodyListens } from '../machine/loopback.testing.ts';
import type { Sample, StartMark } from '../slo/sample.ts';
import { testCertificate } from './certificate.testing.ts';
import { k6Load } from './k6.ts';
import { k6Process } from './k6-process.ts';
import { answer, drive, planFor, right, serve } from './load.testing.ts';
import { probe } from './probe.ts';

let k6: string;

beforeAll(async () => {
  k6 = (await ensureTool('k6')).path;
});

describe('a load', () => {
  test('sends every arrival of the schedule once, and tells all of each', async () => {
    const received: { id: unknown; body: string; url: unknown; key: unknown }[] = [];
    const address = await serve((request: IncomingMessage, response: ServerResponse) => {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        received.push({
          id: request.headers['x-request-id'],
          body,
          url: request.url,
          key: request.headers['x-key'],
        });
        response
          .writeHead(200, { 'x-served-by': 'r1', 'cache-status': 'redis; fwd=miss' })
          .end(right);
      });
    });
    const plan = planFor(address, { headers: { 'X-Key': 's3cret' } });
    const { result, marks, samples, outcomes } = await drive(plan);

    expect(result).toMatchObject({
      end: 'finished',
      client: { exitCode: 0, signal: null, dropped: 0 },
    });
    expect(result.failure).toBeUndefined();
    expect(outcomes).toEqual({ ok: 50 });
    expect(samples.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
    expect(marks).toHaveLength(50);
    const zero = samples.find(({ index }) => index === 0)?.intendedStart ?? Number.NaN;
    for (const sample of samples) {
      expect(sample.intendedStart - zero).toBeCloseTo(sample.index * 20, 2);
      expect(sample.start).toBeGreaterThanOrEqual(sample.intendedStart);
      expect(sample.firstByte).toBeGreaterThanOrEqual(sample.start);
      expect(sample.end).toBeGreaterThanOrEqual(sample.firstByte ?? Number.NaN);
      expect(sample.phase).toBe(sample.index < 10 ? 'warmup' : 'judged');
      expect(sample).toMatchObject({
        status: 200,
        bytes: right.length,
        replica: 'r1',
        modelVersion: '7',
        cacheHit: false,
        route: 'main',
      });
    }
    expect(new Set(received.map(({ body }) => body)).size).toBe(50);
    expect(new Set(received.map(({ id }) => id))).toEqual(
      new Set(samples.map(({ requestId }) => requestId)),
    );
    expect(received.every(({ url, key }) => url === '/score' && key === 's3cret')).toBe(true);
    expect(JSON.stringify(samples)).not.toContain('s3cret');
  });

  test.each([
    [
      'HTML instead of JSON',
      answer('<html>', 200, { 'content-type': 'text/html' }),
      'malformed',
      200,
    ],
    ['an error of the server', answer('{"error":"x"}', 500), 'http', 500],
    ['a redirect, which is not followed', answer('', 302, { location: '/elsewhere' }), 'http', 302],
    ['a success that is not the documented one', answer('', 204), 'http', 204],
    [
      'a connection that closes',
      (request: IncomingMessage) => request.socket.destroy(),
      'reset',
      0,
    ],
    ['an answer that breaks off', breakOff, 'reset', 0],
    ['no answer', () => undefined, 'timeout', 0],
  ] as const)('meets %s', async (_, listener, outcome, status) => {
    const address = await serve(listener);
    const { result, samples, outcomes } = await drive(planFor(address));
    expect(outcomes).toEqual({ [outcome]: 50 });
    expect(samples.every((sample) => sample.status === status)).toBe(true);
    expect(result.end).toBe('finished');
  });

  test('meets nobody', async () => {
    const address = await nobodyListens();
    const { result, outcomes } = await drive(planFor(address));
    expect(outcomes).toEqual({ refused: 50 });
    expect(result.end).toBe('finished');
  });

  test('keeps to the schedule while a slow server has not answered: no arrival waits for another', async () => {
    const address = await serve((request, response) => {
      request.resume();
      setTimeout(() => response.end(right), 300);
    });
    const { samples, outcomes } = await drive(
      planFor(address, { arrivals: { shape: 'poisson', perSecond: 100 } }),
    );
    expect(outcomes).toEqual({ ok: samples.length });
    // Node's timers may fire a little early.
    expect(samples.every(({ start, end }) => end - start > 290)).toBe(true);
    // Each second start comes while the one before is still open.
    const starts = samples.map(({ intendedStart }) => intendedStart).sort((a, b) => a - b);
    expect(starts.every((at, index) => index === 0 || at - (starts[index - 1] ?? 0) < 300)).toBe(
      true,
    );
  });

  test('of a closed model ends when it is told to: nothing more is sent', async () => {
    let told = 0;
    const address = await serve((request, response) => {
      told++;
      request.resume().on('end', () => setTimeout(() => response.end(right), 20));
    });
    const enough = new AbortController();
    const plan = planFor(address, {
      arrivals: { shape: 'closed', concurrency: 4 },
      plannedMs: 20_000,
    });
    const onSample = () => told > 100 && enough.abort();
    const { result, samples, outcomes } = await drive(plan, {
      signal: enough.signal,
      onSample: () => void onSample(),
    });
    expect(result).toMatchObject({ end: 'stopped', client: { exitCode: 105, signal: null } });
    expect(outcomes['cut'] ?? 0).toBeLessThanOrEqual(4);
    expect(Math.abs(samples.length - told)).toBeLessThanOrEqual(4);
  });

  test('of a closed model never has more requests open than clients', async () => {
    let open = 0;
    let most = 0;
    const address = await serve((request, response) => {
      most = Math.max(most, ++open);
      request.resume().on('end', () =>
        setTimeout(() => {
          open--;
          response.end(right);
        }, 20),
      );
    });
    const { result, samples } = await drive(
      planFor(address, { arrivals: { shape: 'closed', concurrency: 3 } }),
    );
    expect(most).toBe(3);
    expect(result).toMatchObject({ end: 'finished', client: { dropped: 0 } });
    const byIndex = [...samples].sort((a, b) => a.index - b.index);
    expect(
      byIndex.every(
        ({ index, start, intendedStart }, at) => index === at && start === intendedStart,
      ),
    ).toBe(true);
    expect(byIndex.every(({ start }, at) => start >= (byIndex[at - 1]?.start ?? 0))).toBe(true);
  });

  test('repeats bodies where it should, and says which', async () => {
    const address = await serve(answer(right, 200, { 'cache-status': 'redis; hit' }));
    const { samples } = await drive(
      planFor(address, { payloads: { kind: 'repeated', distinct: 4, ttlSeconds: 60 } }),
    );
    expect(
      samples.every(({ index, payload, cacheHit }) => payload === index % 4 && cacheHit === true),
    ).toBe(true);
  });

  test('reads whether a cache answered, whatever it is called, and on however many lines', async () => {
    const heads: OutgoingHttpHeaders[] = [
      { 'cf-cache-status': 'HIT' },
      { 'X-CACHE-STATUS': 'Hit' },
      { 'x-cache': ['MISS', 'HIT'] },
      { 'cache-status': ['origin; hit', 'edge; fwd=miss'] },
      { 'x-varnish': '32770 3' },
    ];
    let asked = 0;
    const address = await serve((request, response) =>
      answer(right, 200, heads[asked++ % heads.length])(request, response),
    );
    const { samples } = await drive(planFor(address));
    expect(samples.map(({ cacheHit }) => cacheHit)).toEqual(Array(50).fill(true));
  });

  test('trusts the authority it is given, and no other', async () => {
    using files = await testCertificate();
    const { key, cert, caFile } = files;
    const address = await serve(answer(), createTlsServer({ key, cert }));
    const plan = planFor(address, { url: `https://${address}` });
    expect((await drive({ ...plan, caFile })).outcomes).toEqual({ ok: 50 });
    expect((await drive(plan)).outcomes).toEqual({ refused: 50 });
  });
});

describe('the end', () => {
  test('by an abort: what is open is cut', async () => {
    const address = await serve(() => undefined);
    const stop = new AbortController();
    const plan = planFor(address, { plannedMs: 60_000, timeoutMs: 30_000 });
    const load = k6Load(k6Process(k6));
    const samples: Sample[] = [];
    const marks: StartMark[] = [];
    const result = await load(
      plan,
      (event) => {
        if (event.kind === 'end') samples.push(event.sample);
        else if (marks.push(event.mark) === 20) stop.abort();
      },
      stop.signal,
    );
    expect(result.end).toBe('stopped');
    expect(marks.length).toBeGreaterThanOrEqual(20);
    expect(samples.map(({ index }) => index)).toEqual(marks.map(({ index }) => index));
    expect(samples.every(({ outcome, start, end }) => outcome === 'cut' && end >= start)).toBe(
      true,
    );
  });

  test('by SIGKILL of k6: it is named, what was seen is kept', async () => {
    const address = await serve(answer());
    let group = 0;
    const kill = () => group !== 0 && process.kill(-group, 'SIGKILL');
    let count = 0;
    const { result, samples } = await drive(planFor(address, { plannedMs: 60_000 }), {
      onSpawn: (pid) => {
        group = pid;
      },
      onSample: () => {
        if (++count === 20) kill();
      },
    });
    expect(result).toMatchObject({ end: 'failed', client: { exitCode: null, signal: 'SIGKILL' } });
    expect(result.failure).toContain('SIGKILL');
    expect(samples.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThanOrEqual(20);
  });

  test('by whoever listens: load stops and the error comes through', async () => {
    const address = await serve(answer());
    const full = new Error('disk full');
    const listen = () => {
      throw full;
    };
    await expect(drive(planFor(address, { plannedMs: 60_000 }), { onSample: listen })).rejects.toBe(
      full,
    );
  });

  test('before it began: an aborted signal starts nothing', async () => {
    let spawned = false;
    const { result, samples } = await drive(planFor('127.0.0.1:1'), {
      signal: AbortSignal.abort(),
      onSpawn: () => {
        spawned = true;
      },
    });
    expect([result.end, samples.length, spawned]).toEqual(['stopped', 0, false]);
  });
});

describe('a k6 that cannot start', () => {
  test.each([
    ['is not there', '/nowhere/k6', 'cannot be started'],
    ['is something else', '/bin/false', 'exit code 1'],
  ])('because it %s', async (_, path, words) => {
    const load = k6Load(k6Process(path))(
      planFor('127.0.0.1:1'),
      () => undefined,
      new AbortController().signal,
    );
    await expect(load).rejects.toMatchObject({
      code: 'TRAFFIC_FAILED',
      message: expect.stringContaining(words),
    });
  });
});

test('a secret is neither on the command line, nor in the environment, nor on disk', async () => {
  const address = await serve(answer());
  let shown = '';
  let spawned: number | undefined;
  const { outcomes } = await drive(
    planFor(address, { headers: { Authorization: 'Bearer s3cret' } }),
    {
      onSpawn: (pid) => {
        spawned = pid;
      },
      onSample: () => {
        // Not at its spawn: what will be k6 has no command line for a moment.
        if (shown === '')
          shown +=
            readFileSync(`/proc/${spawned}/cmdline`, 'latin1') +
            readFileSync(`/proc/${spawned}/environ`, 'latin1');
        shown += readdirSync(tmpdir()).filter((name) => name.startsWith('tailgate-plan-'));
      },
    },
  );
  expect(outcomes).toEqual({ ok: 50 });
  expect(shown).toContain('script.ts');
  expect(shown).not.toContain('s3cret');
  expect(shown).not.toContain('tailgate-plan-');
});

function breakOff(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"predictions"');
  setImmediate(() => response.destroy());
}

test('a first request is not sent once the run was ended, also in the moment before', async () => {
  let asked = 0;
  const address = await serve(() => void asked++);
  const stop = new AbortController();
  const asking = probe(k6, planFor(address, { timeoutMs: 30_000 }), stop.signal);
  stop.abort(new Error('ended'));
  await expect(asking).rejects.toThrow('ended');
  await expect(probe(k6, planFor(address), AbortSignal.abort(new Error('ended')))).rejects.toThrow(
    'ended',
  );
  expect(asked).toBe(0);
});
