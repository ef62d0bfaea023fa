import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { runFiles } from '../../evidence/run.ts';
import { listJournals, readJournal } from '../../fixtures/runtime/journal.ts';
import { type Command, startCommand } from '../../machine/command.testing.ts';
import { listenInTest } from '../../machine/loopback.testing.ts';
import { processIdentity } from '../../machine/processes.mjs';
import { scratch } from '../../machine/scratch.testing.ts';
import { type RunVerdicts, runVerdictsSchema } from '../../slo/verdict.ts';

/** For tests: the gate as people run it, a process of its own. */

const main = resolve(import.meta.dirname, '../gate.ts');

export interface GateProcess extends Command {
  readonly folder: string;
  /** Its folder for temporary files, which nobody else uses. */
  readonly temporary: string;
  /** Path of the journal that it owns or owned; undefined when none was seen, so that it has started nothing. */
  journal(): string | undefined;
}

/** Starts the gate with a run folder of its own, which goes with the test. */
export function startGate(args: readonly string[], env: Record<string, string> = {}): GateProcess {
  const parent = scratch();
  const folder = join(parent, 'run');
  const temporary = join(parent, 'temporary');
  mkdirSync(temporary);
  const command = startCommand([process.execPath, main, '--out', folder, ...args], {
    env: { ...process.env, TMPDIR: temporary, ...env },
  });
  const journal = journalOf(command.child);
  const watch = setInterval(journal, 100);
  void command.ended.then(() => clearInterval(watch));
  return { ...command, folder, temporary, journal };
}

/** The journal whose owner is this very process. It goes with its run: what was seen of it is remembered. */
function journalOf({ pid = 0 }: ChildProcess): () => string | undefined {
  const identity = processIdentity(pid);
  const isOwned = (path: string) =>
    readJournal(path)?.some(
      (entry) => entry.kind === 'owner' && isDeepStrictEqual(entry.process, identity),
    );
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
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve(import.meta.dirname, '../judge.ts'), folder],
    {
      encoding: 'utf8',
    },
  );
  return { code: status, text: stdout + stderr };
}

export function readVerdicts(folder: string): RunVerdicts {
  return runVerdictsSchema.parse(JSON.parse(readFileSync(join(folder, runFiles.verdicts), 'utf8')));
}

/** Decision of each target that was run. */
export function decisionsIn(folder: string): Record<string, string> {
  const targets = readVerdicts(folder).profiles.flatMap(({ targets: all }) => all);
  return Object.fromEntries(
    targets
      .filter(({ decision }) => decision !== 'not-run')
      .map(({ id, decision }) => [id, decision]),
  );
}

/** A server on loopback that ends with the test. */
export async function serve(listener: RequestListener): Promise<string> {
  return `http://${await listenInTest(createServer(listener))}`;
}

/** A right answer of the score API to any request with one row. */
export const rightAnswer = JSON.stringify({
  predictions: [1],
  metadata: { model_name: 'm', model_version: 'v1' },
});
