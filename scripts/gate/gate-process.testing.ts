import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { onTestFinished } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { listJournals, readJournal } from '../../fixtures/runtime/journal.ts';
import { listenOnLoopback } from '../../machine/loopback.ts';
import { processIdentity } from '../../machine/processes.mjs';
import { type RunVerdicts, runVerdictsSchema } from '../../slo/verdict.ts';

/** For tests: the gate as people run it, a process of its own. */

const main = resolve(import.meta.dirname, '../gate.ts');

export interface GateProcess {
  readonly child: ChildProcess;
  readonly folder: string;
  /** Its folder for temporary files, which nobody else uses. */
  readonly temporary: string;
  /** Path of the journal that it owns or owned; undefined when none was seen, so that it has started nothing. */
  journal(): string | undefined;
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
  const temporary = join(parent, 'temporary');
  mkdirSync(temporary);
  const child = spawn(process.execPath, [main, '--out', folder, ...args], {
    env: { ...process.env, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const journal = journalOf(child);
  const watch = setInterval(journal, 100);
  let text = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const ended = new Promise<number | NodeJS.Signals>((resolved) => {
    child.once('close', (code, signal) => {
      clearInterval(watch);
      resolved(code ?? signal ?? 'SIGKILL');
    });
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
  return { child, folder, temporary, journal, output: () => text, said, ended };
}

/** The journal whose owner is this very process. It goes with its run: what was seen of it is remembered. */
function journalOf({ pid = 0 }: ChildProcess): () => string | undefined {
  const identity = processIdentity(pid);
  const isOwned = (path: string) =>
    readJournal(path)?.some((entry) => entry.kind === 'owner' && isDeepStrictEqual(entry.process, identity));
  let seen: string | undefined;
  return () => {
    seen ??= listJournals().find(isOwned);
    return seen;
  };
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
