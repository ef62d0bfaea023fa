import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { endingSignals } from '../../machine/ending-signals.ts';
import { describeError, SuiteError } from '../../slo/errors.ts';

// Our sources run as they are: without it each start would strip and compile a thousand files again.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compiled'));

/** Exit codes that every script shares. Node's own must not reach the shell: its 1, for instance, would read as "a target failed". */
const exitCodes = { done: 0, broken: 3, usage: 64 } as const;

/** What this process ends with; undefined while that is open. */
let decided: number | undefined;
let onUncaught = endBroken;
/** What a signal does; undefined until a script has taken them. */
let onSignal: ((name: NodeJS.Signals) => void) | undefined;

/**
 * Runs a script and ends the process with the exit code that it gives, whoever reads what it says, or nobody. Whatever goes wrong is
 * said, and is exit code 3, or 64 for wrong usage.
 */
export function runCommand(main: () => Promise<number>): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that went away, as `head` does, has what it wanted.
    if (error.code !== 'EPIPE' && error.code !== 'EIO')
      say(`Warning: standard output cannot be written: ${error.message}`);
  });
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error) => onUncaught(error));
  process.on('beforeExit', () => {
    if (decided === undefined) endBroken('the script waited for something that can no longer come');
  });
  process.on('exit', (code) => {
    if (decided === undefined)
      say(`INTERNAL: something ended the script before it was done, with exit code ${code}`);
    process.exitCode = decided ?? exitCodes.broken;
  });
  void conclude(main);
}

async function conclude(main: () => Promise<number>): Promise<void> {
  let code: number;
  try {
    code = await main();
  } catch (error) {
    // Commander has said its own.
    if (commanderCode(error) === undefined) say(describeError(error));
    code = errorExitCode(error);
  }
  // A reader that takes nothing need not be waited for.
  if (onSignal !== undefined) onSignal = () => endNow(code);
  await Promise.all([process.stdout, process.stderr].map(flushed));
  // Not left to Node: an answer that is still awaited from somebody who never gives one would keep the process.
  endNow(code);
}

/** Ends the process at once, with a code of ours. */
export function endNow(code: number): never {
  decided = code;
  return process.exit(code);
}

/** Has errors that nobody caught handed over, by a script that has something to put in order before it ends with exit code 3. */
export function takeUncaught(handler: (error: unknown) => void): Disposable {
  onUncaught = handler;
  return {
    [Symbol.dispose]() {
      onUncaught = endBroken;
    },
  };
}

/** Hears from here on what would end the process, and has it handed over. Without this, signals do what they do to any process. */
export function takeSignals(handler: (name: NodeJS.Signals) => void): Disposable {
  if (onSignal === undefined)
    for (const name of endingSignals) process.on(name, () => onSignal?.(name));
  const before = onSignal ?? handler;
  onSignal = handler;
  return {
    [Symbol.dispose]() {
      onSignal = before;
    },
  };
}

/** Ends the process at once because of a signal, before there was a verdict. */
export function endInterrupted(how: string): never {
  say(`INTERRUPTED: ${how}`);
  return endNow(exitCodes.broken);
}

/** Exit code of an error that ended a command before it had an answer. */
export function errorExitCode(error: unknown): number {
  const code = commanderCode(error);
  if (code === 0) return exitCodes.done;
  return code !== undefined || (error instanceof SuiteError && error.code === 'USAGE')
    ? exitCodes.usage
    : exitCodes.broken;
}

/** Exit code in an error of commander's, 0 for help; by its shape, since nothing may have to be loaded to tell what could not be. */
function commanderCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('exitCode' in error)) return undefined;
  return String(error.code).startsWith('commander.') ? Number(error.exitCode) : undefined;
}

function endBroken(error: unknown): void {
  say(describeError(error));
  endNow(exitCodes.broken);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** When all that was said is with its reader, or it is known that there is none. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => stream.write('', () => done()));
}
