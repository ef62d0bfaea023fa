import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toolNames, variableOf } from '../fixtures/tools/catalogue.ts';
import { startCommand } from '../machine/command.testing.ts';
import { scratch } from '../machine/scratch.testing.ts';

/** Names no tool, so that a gate or a stack that should never have been started ends at once. */
const noTools = Object.fromEntries(toolNames.map((name) => [variableOf(name), '/nonexistent']));

/** Longer than npm and any refusal take; shorter than a gate. */
const limitMs = 30_000;

interface Started {
  cwd: string;
  env?: Readonly<Record<string, string>>;
}

/** For tests: a command as people type it, in a shell that no npm started. What does not end in time is ended, with all that it started. */
export async function typed(command: readonly string[], { cwd, env = {} }: Started) {
  const running = startCommand(command, {
    cwd,
    env: { ...freshShell(), ...noTools, ...env },
    detached: true,
  });
  const timer = setTimeout(running.kill, limitMs);
  const code = await running.ended;
  clearTimeout(timer);
  return { code, text: running.output() };
}

/** This process's environment without what an npm around it has added. */
function freshShell(): NodeJS.ProcessEnv {
  const added = /^(npm_|INIT_CWD$|NODE_OPTIONS$|VITEST|GITHUB_STEP_SUMMARY$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name)));
}

/** A folder that goes with the test, with files in it. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = scratch();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
