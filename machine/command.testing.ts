import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { onTestFinished } from 'vitest';

/** For tests: a command in a process of its own, and all that it says. */
export interface Command {
  readonly child: ChildProcess;
  /** All that it has said so far, on both streams. */
  output(): string;
  /** Resolves when it has said something that matches; rejects when it ends without. */
  said(pattern: RegExp): Promise<void>;
  /** Exit code, or the signal that ended it, when nothing more can be said. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Ends it, with its process group where that is its own (`detached`). */
  kill(): void;
}

/** Starts a command, which ends with the test at the latest. */
export function startCommand(
  [program = '', ...args]: readonly string[],
  options: SpawnOptions = {},
): Command {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const heard = new EventEmitter();
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      heard.emit('text');
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  const kill = () => {
    try {
      if (child.pid !== undefined)
        process.kill(options.detached ? -child.pid : child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  onTestFinished(async () => {
    kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const said = async (pattern: RegExp) => {
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    while (!pattern.test(text)) {
      if (isOver) throw new Error(`it ended (${await ended}) and never said ${pattern}:\n${text}`);
      await Promise.race([once(heard, 'text'), ended]);
    }
  };
  return { child, output: () => text, said, ended, kill };
}
