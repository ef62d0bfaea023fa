import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RecordLog } from '../../evidence/record-log.ts';
import { ensureTool } from '../../fixtures/tools/index.ts';
import { createScenarioJudge } from '../../slo/judge/scenario.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import { usualClient } from '../../traffic/client.ts';
import { CpuMeter } from '../../traffic/cpu-meter.ts';
import { k6Load } from '../../traffic/k6.ts';
import { k6Process } from '../../traffic/k6-process.ts';
import type { LoadSpec } from '../../traffic/load-spec.ts';
import { fourObjectives } from './four-objectives.ts';
import type { BenchRow } from './server.ts';

/** How one rate went: `lateP99Ms` is undefined for the peer, which does not know when its arrivals were due. */
interface LoadStep {
  perSecond: number;
  valid: boolean;
  sent: number;
  dropped: number;
  lateP99Ms?: number;
  latencyP99Ms?: number;
  cores?: number;
}

const rates = [500, 1000, 1500, 2000, 3000, 4000, 6000];
const warmupMs = 1000;
const seconds = 5;
const timeoutMs = 2000;

/** The least server there is, so that the two cores go to the load; it answers what the API documents. */
const serverSource = `
const answer = JSON.stringify({ predictions: [0.5], metadata: { model_version: '1' } });
require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

/**
 * Raises the arrival rate until the load is no longer valid: k6, the reading of its events, the live judge and the writing of samples,
 * beside bare k6 with `constant-arrival-rate` and JSON output. Each step loads a bare server for six seconds, on the same machine.
 */
export async function benchLoad(
  onStep: (who: 'tailgate' | 'bare k6', step: LoadStep) => void = () => undefined,
): Promise<BenchRow[]> {
  const { path } = await ensureTool('k6');
  const folder = mkdtempSync(join(tmpdir(), 'tailgate-bench-'));
  const server = spawn(process.execPath, ['-e', serverSource], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = `http://127.0.0.1:${await firstLine(server)}`;
    const ours = await raise(
      (perSecond) => ourStep(path, url, perSecond, folder),
      (step) => onStep('tailgate', step),
    );
    const peers = await raise(
      (perSecond) => bareStep(path, url, perSecond, folder),
      (step) => onStep('bare k6', step),
    );
    return [
      row(
        'highest valid arrival rate, live judge behind k6 beside bare k6 with JSON output',
        'requests/s',
        highest(ours),
        highest(peers),
      ),
      row(
        `k6 at ${rates[1]} requests/s, sending every event to the judge`,
        'cores',
        ours[1]?.cores ?? 0,
        peers[1]?.cores ?? 0,
      ),
    ];
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

/** One step after another until two in a row are invalid: a single one may be the machine's own business. */
async function raise(
  step: (perSecond: number) => Promise<LoadStep>,
  onStep: (step: LoadStep) => void,
): Promise<LoadStep[]> {
  const done: LoadStep[] = [];
  for (const perSecond of rates) {
    const result = await step(perSecond);
    onStep(result);
    done.push(result);
    if (done.length > 1 && done.slice(-2).every(({ valid }) => !valid)) break;
  }
  return done;
}

async function ourStep(
  k6: string,
  url: string,
  perSecond: number,
  folder: string,
): Promise<LoadStep> {
  const arrivals = { shape: 'constant' as const, perSecond };
  const plan: LoadSpec = {
    scenario: 'bench/unique',
    url,
    api: 'score',
    model: 'm',
    payloads: { kind: 'unique' },
    arrivals,
    ...usualClient,
    seed: 1,
    route: 'main',
    warmupMs,
    plannedMs: seconds * 1000,
    timeoutMs,
    epochMs: Date.now(),
  };
  const record: ScenarioRecord = {
    name: plan.scenario,
    warmupMs,
    plannedMs: plan.plannedMs,
    minTimeMs: 0,
    timeoutMs,
    startedAt: 0,
    scenario: { api: 'score', model: 'm', payloads: { kind: 'unique' }, arrivals },
  };
  const judge = createScenarioJudge({ record, objectives: fourObjectives, alphaFail: 0.0025 });
  const log = new RecordLog(join(folder, 'samples.ndjson.gz'));
  const lateness: number[] = [];
  const latencies: number[] = [];
  const { client } = await k6Load(k6Process(k6))(
    plan,
    (event) => {
      if (event.kind === 'start') return judge.start(event.mark);
      const { sample } = event;
      log.write(sample);
      judge.end(sample);
      lateness.push(sample.start - sample.intendedStart);
      latencies.push(sample.end - sample.intendedStart);
    },
    new AbortController().signal,
  );
  log.close();
  const verdicts = judge.finish({
    ...record,
    endedAt: Date.now() - plan.epochMs,
    stop: 'budget',
    client,
  });
  return {
    perSecond,
    sent: lateness.length,
    dropped: client.dropped,
    lateP99Ms: p99(lateness),
    latencyP99Ms: p99(latencies),
    valid: verdicts.every(({ decision }) => decision !== 'invalid'),
    ...(client.cpuCores === undefined ? {} : { cores: client.cpuCores }),
  };
}

/** A user's own k6 for the same load: an arrival that finds no free virtual user is dropped, and any makes the step invalid. */
async function bareStep(
  k6: string,
  url: string,
  perSecond: number,
  folder: string,
): Promise<LoadStep> {
  const script = join(folder, 'bare.js');
  const out = join(folder, 'bare.json');
  const executor = {
    executor: 'constant-arrival-rate',
    rate: perSecond,
    duration: `${seconds + warmupMs / 1000}s`,
    preAllocatedVUs: 500,
  };
  writeFileSync(
    script,
    `import http from 'k6/http';
export const options = { scenarios: { load: ${JSON.stringify(executor)} }, systemTags: ['status'] };
const params = { headers: { 'content-type': 'application/json' }, timeout: ${timeoutMs} };
export default function () { http.post('${url}/score', JSON.stringify({ data: [[Math.random(), Math.random(), Math.random(), 1]] }), params); }`,
  );
  const args = [
    'run',
    '--quiet',
    '--no-usage-report',
    '--summary-mode=disabled',
    '--out',
    `json=${out}`,
    script,
  ];
  const child = spawn(k6, args, {
    stdio: 'ignore',
    env: { ...process.env, K6_AUTO_EXTENSION_RESOLUTION: 'false' },
  });
  const meter = new CpuMeter(child.pid ?? 0);
  const [code] = await once(child, 'close');
  meter.stop();
  let sent = 0;
  let dropped = 0;
  for await (const line of createInterface({ input: createReadStream(out) })) {
    if (line.startsWith('{"metric":"http_reqs"') && line.includes('"Point"')) sent++;
    if (line.startsWith('{"metric":"dropped_iterations"') && line.includes('"Point"')) dropped++;
  }
  return {
    perSecond,
    valid: code === 0 && dropped === 0,
    sent,
    dropped,
    ...(meter.cores === undefined ? {} : { cores: meter.cores }),
  };
}

function highest(steps: readonly LoadStep[]): number {
  return Math.max(0, ...steps.filter(({ valid }) => valid).map(({ perSecond }) => perSecond));
}

function row(name: string, unit: string, value: number, peer: number): BenchRow {
  return { name, value, unit, peer, ratio: peer === 0 ? 0 : value / peer };
}

function p99(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length * 0.99)] ?? Number.NaN;
}

async function firstLine(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error('the output of the server is not piped');
  for await (const line of createInterface({ input: server.stdout })) return line;
  throw new Error('the server ended before it was ready');
}

if (import.meta.main) {
  const rows = await benchLoad((who, step) =>
    process.stdout.write(`${who} ${JSON.stringify(step)}\n`),
  );
  for (const { name, value, unit, peer, ratio } of rows)
    process.stdout.write(
      `${name}: ${value.toFixed(2)} ${unit}, peer ${peer.toFixed(2)}, ratio ${ratio.toFixed(2)}\n`,
    );
}
