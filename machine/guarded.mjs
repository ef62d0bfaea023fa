import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

// Plain JavaScript on built-ins alone: packages are installed with it, on whatever Node runs npm.

/**
 * The guard reads a pipe from this process: when that ends, however this process ended (SIGKILL included), the whole group is killed,
 * the guard with it. The command takes the shell's place, so its number, its signals and its exit code are its own.
 */
const guard = `{
  trap '' HUP INT QUIT TERM USR1 USR2
  while read -r _ <&3; do :; done
  kill -s KILL 0
} </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-`;

/**
 * Starts a command that leads a process group of its own, which ends with the command or with this process, whichever ends first. A
 * command that is not there ends with 127, one that cannot be run with 126, as in any shell, which says so on the error output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string | undefined,
 *   env: NodeJS.ProcessEnv,
 *   stdio: readonly [number | 'ignore', number | 'ignore' | 'pipe', number | 'ignore' | 'pipe'],
 * }} options
 * @returns {import('node:child_process').ChildProcess}
 */
export function spawnGuarded(command, args, { cwd, env, stdio }) {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', command, ...args], {
    cwd,
    env,
    detached: true,
    stdio: [...stdio, 'pipe'],
  });
  const held = child.stdio[3];
  // The guard that reads it may be killed with its group at any time.
  held?.on('error', () => undefined);
  // At once, not when the guard sees it: a port that one of the group holds may be wanted next.
  child.once('exit', () => {
    signalGroup(child, 'SIGKILL');
    held?.destroy();
  });
  return child;
}

/**
 * Sends a signal to a guarded command and all that it has started. The guard heeds SIGKILL alone. Does nothing where all have ended.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
export function signalGroup({ pid }, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // None is left.
  }
}

/** What a command said before it ended has come by then; a pipe holds no more than is read at once. */
const outputWithinMs = 1000;

/**
 * How a guarded command ended, when its output was read. A helper that it left behind in a group of its own may hold that open: it is
 * waited for a second. Rejects when the command could not be started.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ exitCode: number | null, signal: NodeJS.Signals | null }>}
 */
export async function endOf(child) {
  const close = () => [child.stdout, child.stderr].forEach((output) => void output?.destroy());
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  child.once('exit', () => {
    // Where this process was held up meanwhile, timers come before what waits to be read, and an immediate after it.
    timer = setTimeout(() => setImmediate(close), outputWithinMs);
  });
  try {
    const [exitCode, signal] = await once(child, 'close');
    return { exitCode, signal };
  } finally {
    clearTimeout(timer);
  }
}

/** So many of the last lines are kept for a message about a failure. */
const keptLines = 40;

/**
 * Runs a guarded command to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string,
 *   env?: NodeJS.ProcessEnv,
 *   signal?: AbortSignal,
 *   endWith?: NodeJS.Signals,
 *   onLine?: (line: string) => void,
 * }} [options] `signal` ends the command with all that it has started, by `endWith` (SIGKILL), and its reason is thrown when they have
 *   ended; `onLine` gets each line of output and errors as it comes.
 * @returns {Promise<{ code: number, tail: string }>} Exit code (128 after a signal) and the last lines of its output.
 */
export async function runGuarded(
  command,
  args,
  { cwd, env = process.env, signal, endWith = 'SIGKILL', onLine } = {},
) {
  signal?.throwIfAborted();
  const child = spawnGuarded(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {string[]} */
  const tail = [];
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      if (line === '') return;
      tail.push(line);
      if (tail.length > keptLines) tail.shift();
      onLine?.(line);
    });
  }
  const end = () => signalGroup(child, endWith);
  signal?.addEventListener('abort', end);
  try {
    const { exitCode } = await endOf(child);
    signal?.throwIfAborted();
    return { code: exitCode ?? 128, tail: tail.join('\n') };
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
