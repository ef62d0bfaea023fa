import { join } from 'node:path';
import { startCommand } from '../machine/command.testing.ts';
import { repository } from '../machine/facts.ts';

/** For tests: our scripts in a shell with somebody or nobody to read what they say, and what can go wrong in them. */

/** A script as words of a command. */
export const node = (name: string, ...args: string[]) => [
  process.execPath,
  join(import.meta.dirname, `${name}.ts`),
  ...args,
];

/** Runs a line of bash in which `"$@"` is the command; the exit code is that of the first command of its last pipeline. */
export async function inShell(
  line: string,
  command: readonly string[],
  env: Record<string, string> = {},
) {
  const shell = ['bash', '-c', `${line}\nexit "\${PIPESTATUS[0]}"`, 'bash', ...command];
  const { ended, output } = startCommand(shell, {
    cwd: repository,
    env: { ...process.env, ...env },
  });
  return { code: await ended, text: output() };
}

/** What may read, or not read, what a run says. `$DONE` is a file that is there when the run has come to its end. */
export const readers = {
  'the reader of its output goes after one line': '"$@" | head -1',
  'nobody ever reads its output': '"$@" | true',
  'nobody ever reads its errors': '{ "$@" 2>&1 >&3 3>&-; exit $?; } 3>&1 | true',
  'nobody ever reads either': '"$@" 2>&1 | true',
  'its output goes to a full disk': '"$@" >/dev/full',
  'its errors go to a full disk': '"$@" 2>/dev/full',
  'it has no output at all': '"$@" >&- 2>&-',
  'its pipe is full until it is done': `{ head -c 65536 /dev/zero; exec "$@" 2>&1; } | { until test -s "$DONE"; do sleep 0.1; done; cat >/dev/null; }`,
};

/** Errors that nobody catches, as code. */
export const uncaught = {
  'an exception': 'throw new Error("broken on purpose")',
  'a rejection': 'Promise.reject(new Error("broken on purpose"))',
  'a rejection with a text': 'Promise.reject("broken on purpose")',
  'an error event':
    'new (process.getBuiltinModule("events"))().emit("error", new Error("broken on purpose"))',
  'an exception, again and again':
    'setInterval(() => { throw new Error("broken on purpose"); }, 50)',
};

/** Variables that have Node run a piece of code before a script; in its main thread only. */
export const before = (code: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `if (process.getBuiltinModule('worker_threads').isMainThread) { ${code} }`,
  )}`,
});
