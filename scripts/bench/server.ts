import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

/** One line of the benchmark table: a figure of ours, the same figure of a peer in the same run, and ours as a share of it. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  peer: number;
  ratio: number;
}

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A device that takes no time, so that what is left is the server's own work: parsing, checking, counting, logging. */
const instant = 'loadFixedMs=0,loadMiBPerSecond=1000000,fixedMs=0,perRowMs=0,jitter=0,maxWaitMs=0';
const ours = [
  path('../../reference-server/main.ts'),
  '--port',
  '0',
  '--metrics-port',
  '0',
  '--device',
  instant,
];
const bare = [path('bare-fastify.ts')];

const connections = 10;
const warmupSeconds = 1;
const rounds = 2;

/**
 * Requests a second of the reference server beside a bare Fastify handler: `seconds` of load each, in alternating rounds, so that what
 * else the machine does meets both. Each round is a process of its own.
 */
export async function benchServer(seconds = 5): Promise<BenchRow[]> {
  const values: number[] = [];
  const peers: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    values.push(await requestsPerSecond(ours, seconds / rounds));
    peers.push(await requestsPerSecond(bare, seconds / rounds));
  }
  const [value, peer] = [mean(values), mean(peers)];
  return [
    {
      name: 'reference server beside a bare Fastify handler',
      value,
      unit: 'requests/s',
      peer,
      ratio: value / peer,
    },
  ];
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

async function requestsPerSecond(script: readonly string[], seconds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tailgate-bench-'));
  // Into a file, as a container engine takes it: a pipe would make the load generator the reader.
  const log = await open(join(folder, 'server.log'), 'w+');
  const server = spawn(process.execPath, script, { stdio: ['ignore', log.fd, 'inherit'] });
  try {
    const url = `http://127.0.0.1:${await servingPort(server, join(folder, 'server.log'))}/score`;
    const body = JSON.stringify({ data: [[0.038, 0.05, 0.061, 0.021]] });
    const load = {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      connections,
    } as const;
    await autocannon({ ...load, duration: warmupSeconds });
    const { requests, duration, non2xx, errors } = await autocannon({ ...load, duration: seconds });
    if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`);
    return requests.total / duration;
  } finally {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'close');
    await log.close();
    await rm(folder, { recursive: true });
  }
}

/** The port that the server's log names, once the log says that it is ready. */
async function servingPort(server: ChildProcess, log: string): Promise<number> {
  while (server.exitCode === null) {
    const text = await readFile(log, 'utf8');
    const port = /"serving":(\d+)/.exec(text)?.[1];
    if (port !== undefined && text.includes('"msg":"ready"')) return Number(port);
    await setTimeout(50);
  }
  throw new Error(`${server.spawnargs.join(' ')} ended (${server.exitCode}) before it was ready`);
}

if (import.meta.main) {
  for (const { name, value, unit, peer, ratio } of await benchServer())
    process.stdout.write(
      `${name}: ${value.toFixed(0)} ${unit}, peer ${peer.toFixed(0)}, ratio ${ratio.toFixed(2)}\n`,
    );
}
