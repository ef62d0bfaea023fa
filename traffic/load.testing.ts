import { chmodSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { join } from 'node:path';
import { ensureTool } from '../fixtures/tools/index.ts';
import { listenInTest } from '../machine/loopback.testing.ts';
import { scratch } from '../machine/scratch.testing.ts';
import type { Sample, StartMark } from '../slo/sample.ts';
import { usualClient } from './client.ts';
import { k6Load } from './k6.ts';
import { k6Process } from './k6-process.ts';
import type { LoadResult, LoadSpec } from './load-spec.ts';

/** For tests: a server on the loopback, and a short load of the real k6 at it. */

export const right = JSON.stringify({ predictions: [0.5], metadata: { model_version: '7' } });

export function answer(
  body = right,
  status = 200,
  headers: OutgoingHttpHeaders = {},
): RequestListener {
  return (request, response) => {
    request
      .resume()
      .on('end', () =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body),
      );
  };
}

/** Returns `host:port`; the server ends with the test. */
export async function serve(
  listener: RequestListener,
  server: Server = createServer(),
): Promise<string> {
  return listenInTest(server.on('request', listener));
}

/** A fifth of a second of warm-up and 40 requests to be judged. */
export function planFor(address: string, patch: Partial<LoadSpec> = {}): LoadSpec {
  return {
    scenario: 'p/s',
    url: `http://${address}`,
    api: 'score',
    model: 'm',
    payloads: { kind: 'unique' },
    route: 'main',
    seed: 1,
    arrivals: { shape: 'constant', perSecond: 50 },
    warmupMs: 200,
    plannedMs: 800,
    timeoutMs: 400,
    ...usualClient,
    epochMs: Date.now(),
    ...patch,
  };
}

interface Seen {
  result: LoadResult;
  marks: StartMark[];
  samples: Sample[];
  outcomes: Record<string, number>;
}

export async function drive(
  plan: LoadSpec,
  options: { onSpawn?: (pid: number) => void; onSample?: () => void; signal?: AbortSignal } = {},
): Promise<Seen> {
  const marks: StartMark[] = [];
  const samples: Sample[] = [];
  const { onSpawn, onSample, signal = new AbortController().signal } = options;
  const start = k6Process((await ensureTool('k6')).path);
  const load = k6Load(async (input) => {
    const k6 = await start(input);
    onSpawn?.(k6.pid);
    return k6;
  });
  const result = await load(
    plan,
    (event) => {
      if (event.kind === 'start') marks.push(event.mark);
      else {
        samples.push(event.sample);
        onSample?.();
      }
    },
    signal,
  );
  const outcomes: Record<string, number> = {};
  for (const { outcome } of samples) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return { result, marks, samples, outcomes };
}

/** k6 under limits of a shell's `ulimit`, which are hard ones; a path, as `TAILGATE_K6` may name one. */
export async function limitedK6(limits: string): Promise<string> {
  const folder = scratch();
  const path = join(folder, 'k6');
  writeFileSync(path, `#!/bin/sh\n${limits}\nexec '${(await ensureTool('k6')).path}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
