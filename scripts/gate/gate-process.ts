import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { listenOnLoopback } from '../../fixtures/loopback.ts';
import { dockerClient } from '../../fixtures/runtime/docker.ts';
import { journalLabel, journalVariable, listJournals } from '../../fixtures/runtime/journal.ts';
import { type RunVerdicts, runVerdictsSchema } from '../../slo/verdict.ts';

/** For tests: the gate as people run it, a process of its own. */

const main = resolve(import.meta.dirname, '../gate.ts');

export interface GateProcess {
  readonly child: ChildProcess;
  readonly folder: string;
  /** All that it has said so far, on both streams. */
  output(): string;
  /** Resolves when it has said something that matches. */
  said(pattern: RegExp): Promise<void>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts the gate with a run folder of its own, which goes with the test. */
export function startGate(args: readonly string[], env: Record<string, string> = {}): GateProcess {
  const parent = mkdtempSync(join(tmpdir(), 'gate-test-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'run');
  const child = spawn(process.execPath, [main, '--out', folder, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const ended = new Promise<number | NodeJS.Signals>((resolved) => {
    child.once('close', (code, signal) => resolved(code ?? signal ?? 'SIGKILL'));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const said = (pattern: RegExp) =>
    new Promise<void>((found, failed) => {
      const look = () => {
        if (!pattern.test(text)) return;
        listeners.delete(look);
        found();
      };
      listeners.add(look);
      look();
      void ended.then(() => failed(new Error(`the gate ended and never said ${pattern}:\n${text}`)));
    });
  return { child, folder, output: () => text, said, ended };
}

export async function runGate(args: readonly string[], env?: Record<string, string>) {
  const gate = startGate(args, env);
  const code = await gate.ended;
  return { ...gate, code, text: gate.output() };
}

/** `npm run judge` on a run folder. */
export function runJudge(folder: string): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(import.meta.dirname, '../judge.ts'), folder], {
    encoding: 'utf8',
  });
  return { code: status, text: stdout + stderr };
}

export function readVerdicts(folder: string): RunVerdicts {
  return runVerdictsSchema.parse(JSON.parse(readFileSync(join(folder, runFiles.verdicts), 'utf8')));
}

/** Decision of each target that was run. */
export function decisionsIn(folder: string): Record<string, string> {
  const targets = readVerdicts(folder).profiles.flatMap(({ targets: all }) => all);
  return Object.fromEntries(targets.filter(({ decision }) => decision !== 'not-run').map(({ id, decision }) => [id, decision]));
}

/** A server on loopback that ends with the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://${await listenOnLoopback(server)}`;
}

/** A right answer of the score API to any request with one row. */
export const rightAnswer = JSON.stringify({ predictions: [1], metadata: { model_name: 'm', model_version: 'v1' } });

/** Process number of a part that this gate started. Its parts carry the path of the gate's own journal. */
export function partOf(gate: GateProcess, binary: string): number {
  const carries = (pid: string) => {
    try {
      return (
        basename(readlinkSync(`/proc/${pid}/exe`)) === binary &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${journalVariable}=`)
      );
    } catch {
      return false;
    }
  };
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && carries(name));
  if (pid === undefined) throw new Error(`no ${binary} runs:\n${gate.output()}`);
  return Number(pid);
}

/** Everything on this machine that belongs to some run of Tailgate: processes, journals, folders, containers, networks, volumes. */
export async function holdingsOfAll(): Promise<Set<string>> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith('tailgate-'));
  return new Set([...markedProcesses(), ...listJournals(), ...folders, ...(await markedContainers())]);
}

function markedProcesses(): string[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const marked = /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(`${journalVariable}=`);
      return marked ? [`process ${name}: ${readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
    } catch {
      return [];
    }
  });
}

async function markedContainers(): Promise<string[]> {
  if (!existsSync('/var/run/docker.sock')) return [];
  const { dockerode } = (await dockerClient()).container;
  const filters = { label: [journalLabel] };
  const [containers, networks, volumes] = await Promise.all([
    dockerode.listContainers({ all: true, filters }),
    dockerode.listNetworks({ filters }),
    dockerode.listVolumes({ filters: JSON.stringify(filters) }),
  ]);
  return [
    ...containers.map(({ Id }) => `container ${Id}`),
    ...networks.map(({ Id }) => `network ${Id}`),
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
  ];
}

/** What there is now and was not before. Waits for the watchdog's five seconds before it complains. */
export async function leftSince(before: ReadonlySet<string>): Promise<string[]> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const left = [...(await holdingsOfAll())].filter((thing) => !before.has(thing));
    if (left.length === 0 || Date.now() > deadline) return left;
    await new Promise((next) => setTimeout(next, 100));
  }
}
