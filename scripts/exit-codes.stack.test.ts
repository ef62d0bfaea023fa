import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openRun } from '../evidence/reader.ts';
import { runFiles } from '../evidence/run.ts';
import { findOnPath } from '../fixtures/tools/path.ts';
import { leftOf } from './gate/gate-holdings.ts';
import { readVerdicts, rightAnswer, runJudge, serve, startGate } from './gate/gate-process.ts';

const repository = resolve(import.meta.dirname, '..');
const script = (name: string) => join(import.meta.dirname, `${name}.ts`);

/** A service whose every answer is right, and when load flows at it. */
async function goodServer(): Promise<{ url: string; loaded: Promise<void> }> {
  const { promise: loaded, resolve: enough } = Promise.withResolvers<void>();
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    if (requests > 100) enough();
    response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer);
  });
  return { url, loaded };
}

/** Asks for less load than could decide anything, so it ends at once with 2: any other exit code is not the verdict's. */
const undecided = ({ url }: { url: string }) => [
  '--target',
  url,
  '--api',
  'score',
  '--targets',
  'AK-SLO-4',
  '--budget',
  '10s',
  '--min-time',
  '5s',
];

function folderFor(): string {
  const parent = mkdtempSync(join(tmpdir(), 'gate-test-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return parent;
}

/** Runs a line of bash in which `"$@"` is the command; the exit code is that of the first command of its last pipeline. */
function inShell(line: string, command: readonly string[], env: Record<string, string> = {}) {
  const child = spawn('bash', ['-c', `${line}\nexit "\${PIPESTATUS[0]}"`, 'bash', ...command], {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return new Promise<{ code: number | null; text: string }>((ended) => child.once('close', (code) => ended({ code, text })));
}

/** Every script of ours that npm runs. */
const { scripts: npmScripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')));
const entries = Object.keys(npmScripts).filter((name) => npmScripts[name]?.includes(`scripts/${name}.ts`));

const node = (name: string, ...args: string[]) => [process.execPath, script(name), ...args];

/** What may read, or not read, what a run says. `$DONE` is a file that is there when the run has come to its end. */
const readers: Record<string, string> = {
  'the reader of its output goes after one line': '"$@" | head -1',
  'nobody ever reads its output': '"$@" | true',
  'nobody ever reads its errors': '{ "$@" 2>&1 >&3 3>&-; exit $?; } 3>&1 | true',
  'nobody ever reads either': '"$@" 2>&1 | true',
  'its output goes to a full disk': '"$@" >/dev/full',
  'its errors go to a full disk': '"$@" 2>/dev/full',
  'it has no output at all': '"$@" >&- 2>&-',
  'its pipe is full until it is done': `{ head -c 65536 /dev/zero; exec "$@" 2>&1; } | { until test -s "$DONE"; do sleep 0.1; done; cat >/dev/null; }`,
};

describe('the verdict is the exit code, whatever reads what a run says', () => {
  test.for(Object.entries(readers))('%s', async ([, line]) => {
    const folder = join(folderFor(), 'run');
    const command = node('gate', '--out', folder, ...undecided(await goodServer()));
    const { code, text } = await inShell(line, command, { DONE: join(folder, runFiles.verdicts) });
    expect(code, text).toBe(2);
    expect(readVerdicts(folder).exitCode).toBe(2);
    expect((await openRun(folder)).run.sealed?.end).toBe('finished');
  });

  test('npm run gate … | head -1, of a service that passes', async () => {
    // npm itself ends with 1 when it cannot print the name of a second script, so this package has one script only.
    const parent = folderFor();
    writeFileSync(
      join(parent, 'package.json'),
      JSON.stringify({ scripts: { gate: `'${process.execPath}' '${script('gate')}'` } }),
    );
    const load = ['--targets', 'AK-SLO-1', '--rate', '100', '--budget', '20s', '--min-time', '8s', '--warmup', '1s'];
    const target = ['--target', (await goodServer()).url, '--api', 'score', '--out', join(parent, 'run'), ...load];
    const { code, text } = await inShell('"$@" | head -1', ['npm', '--prefix', parent, 'run', 'gate', '--', ...target]);
    expect(readVerdicts(join(parent, 'run')).exitCode, text).toBe(0);
    expect(code, text).toBe(0);
  });

  test('the reader goes away while load flows', async () => {
    const { url, loaded } = await goodServer();
    const load = ['--targets', 'AK-SLO-1', '--rate', '50', '--budget', '30s', '--min-time', '20s', '--warmup', '1s'];
    const gate = startGate(['--target', url, '--api', 'score', ...load]);
    await loaded;
    gate.child.stdout?.destroy();
    gate.child.stderr?.destroy();
    gate.child.kill('SIGTERM');
    expect(await gate.ended).toBe(2);
    expect(readVerdicts(gate.folder).exitCode).toBe(2);
  });

  test('its terminal goes away: that is a signal, and ends it as one', async ({ skip }) => {
    if ((await findOnPath('script', process.env)) === undefined) skip('there is no `script` (util-linux) for a terminal');
    const parent = folderFor();
    const { url, loaded } = await goodServer();
    const load = ['--targets', 'AK-SLO-1', '--rate', '50', '--budget', '30s', '--min-time', '20s', '--warmup', '1s'];
    const gate = node('gate', '--out', join(parent, 'run'), '--target', url, '--api', 'score', ...load);
    // The terminal's shell is told, and tells the gate, as an interactive one does.
    const command = gate.map((word) => `'${word}'`).join(' ');
    const line = `trap 'kill -s HUP $!' HUP; ${command} & wait $!; wait $!; echo $? >'${parent}/code'`;
    const terminal = spawn('script', ['-qfc', line, '/dev/null'], { stdio: 'ignore' });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    await loaded;
    terminal.kill('SIGKILL');
    await expect
      .poll(() => existsSync(`${parent}/code`) && readFileSync(`${parent}/code`, 'utf8'), { timeout: 20_000 })
      .toBe('2\n');
    expect((await openRun(join(parent, 'run'))).run.sealed?.end).toBe('interrupted');
  });

  test.for(entries)('npm run %s -- --help', async (name) => {
    expect(await inShell('"$@" | true', node(name, '--help'))).toEqual({ code: 0, text: '' });
  });
});

/** Errors that nobody catches, as code that runs in the gate's own process when it gets SIGIO. */
const uncaught: Record<string, string> = {
  'an exception': 'throw new Error("broken on purpose")',
  'a rejection': 'Promise.reject(new Error("broken on purpose"))',
  'a rejection with a text': 'Promise.reject("broken on purpose")',
  'an error event': 'new (process.getBuiltinModule("events"))().emit("error", new Error("broken on purpose"))',
  'an exception, again and again': 'setInterval(() => { throw new Error("broken on purpose"); }, 50)',
};

/** Has Node run a piece of code before the script; in its main thread only. */
const before = (code: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `if (process.getBuiltinModule('worker_threads').isMainThread) { ${code} }`,
  )}`,
});

describe('an error of ours while load flows is exit 3', () => {
  const load = ['--targets', 'AK-SLO-1', '--rate', '50', '--budget', '40s', '--min-time', '30s', '--warmup', '1s'];
  /** A gate at which load flows and that has just been sent the code that breaks it. */
  const brokenGate = async (code: string) => {
    const { url, loaded } = await goodServer();
    const gate = startGate(['--target', url, '--api', 'score', ...load], before(`process.on('SIGIO', () => { ${code} });`));
    await loaded;
    gate.child.kill('SIGIO');
    return gate;
  };

  test.for(Object.entries(uncaught))('%s: what was recorded is sealed and reported', async ([, code]) => {
    const gate = await brokenGate(code);
    expect(await gate.ended, gate.output()).toBe(3);
    expect(gate.output()).toContain('broken on purpose');
    const { sealed } = (await openRun(gate.folder)).run;
    expect(sealed).toMatchObject({ end: 'broken', failure: expect.stringContaining('broken on purpose') });
    for (const name of [runFiles.verdicts, runFiles.html, runFiles.junit, runFiles.summary]) {
      expect(existsSync(join(gate.folder, name)), name).toBe(true);
    }
    expect(readVerdicts(gate.folder).exitCode).toBe(3);
    expect(await leftOf(gate)).toEqual([]);
  });

  test('somebody else ends the process: judge reports from what was written', async () => {
    const gate = await brokenGate('process.exit(1)');
    expect(await gate.ended, gate.output()).toBe(3);
    expect(await leftOf(gate)).toEqual([]);
    expect(runJudge(gate.folder).text).toContain('AK-SLO-1');
  });
});

/** What a script can meet, and what it is to end with. */
const scripts: [what: string, command: string[], env: Record<string, string>, code: number, says: RegExp][] = [
  ['up: no place for its journal', node('up'), { XDG_CACHE_HOME: '/dev/null/cache' }, 3, /\/dev\/null\/cache/],
  [
    'bench: no place for its cells',
    node('bench', '--section', 'statistics', '--short', '--streams', '1', '--resume', '/dev/null/cells'),
    {},
    3,
    /mkdir .\/dev\/null/,
  ],
  ['images: no such option', node('images', '--bogus'), {}, 64, /--bogus/],
  ['doctor: no such option', node('doctor', '--bogus'), {}, 64, /--bogus/],
  ['judge: no folder given', node('judge'), {}, 64, /folder/],
  ['judge: no run folder', node('judge', '/dev/null/run'), {}, 3, /EVIDENCE_UNREADABLE.*\/dev\/null\/run/],
  ['gate: a package is gone that only its report needs', node('gate'), without('echarts'), 3, /no echarts here/],
  ['judge: a package is gone', node('judge', '/dev/null/run'), without('echarts'), 3, /no echarts here/],
];

/** Node without a package or a file. */
function without(name: string): Record<string, string> {
  return before(
    `process.getBuiltinModule('module').registerHooks({ resolve(specifier, context, next) {
      if (specifier.endsWith('${name}')) throw new Error('no ${name} here');
      return next(specifier, context);
    } });`,
  );
}

test.for(scripts)('%s', async ([, command, env, expected, says]) => {
  const { code, text } = await inShell('"$@"', command, env);
  expect(text).toMatch(says);
  expect(code, text).toBe(expected);
});

test('every script of ours is looked at', () => {
  expect(entries).toEqual(expect.arrayContaining(['gate', 'judge', 'up', 'images', 'doctor', 'bench', 'generate']));
});

test.for(entries.flatMap((entry) => ['commander', 'option-values.ts'].map((gone) => [entry, gone] as const)))(
  'npm run %s, where %s is gone, is an error like any other',
  async ([entry, gone]) => {
    const { code, text } = await inShell('"$@"', node(entry, '--help'), without(gone));
    expect(text).toMatch(new RegExp(`^INTERNAL: .*no ${gone} here`));
    expect(code, text).toBe(3);
  },
);

/** Ends of a script's main function, as code. */
const ends: [what: string, main: string, code: number, says: RegExp][] = [
  ['an exit code', 'async () => 2', 2, /^$/],
  ['an error', 'async () => { throw new Error("oh") }', 3, /^INTERNAL: Error: oh\n/],
  ['an error at once', '() => { throw new Error("oh") }', 3, /^INTERNAL: Error: oh\n/],
  ['nothing thrown', 'async () => { throw undefined }', 3, /^INTERNAL: undefined\n/],
  ['an error of the harness', 'async () => { throw new SuiteError("TRAFFIC_FAILED", "oh") }', 3, /^TRAFFIC_FAILED: oh\n$/],
  ['wrong usage', 'async () => { throw new SuiteError("USAGE", "oh") }', 64, /^oh\n$/],
  [
    'an uncaught exception',
    '() => new Promise(() => { setTimeout(() => { throw new Error("oh") }) })',
    3,
    /^INTERNAL: Error: oh\n/,
  ],
  [
    'a rejection nobody waits for',
    'async () => { Promise.reject(new Error("oh")); await pause(); return 0 }',
    3,
    /^INTERNAL: Error: oh\n/,
  ],
  ['a wait for nothing', '() => new Promise(() => undefined)', 3, /^INTERNAL: .*waited for/],
  ['somebody else exits', 'async () => { process.exit(1) }', 3, /^INTERNAL: .*exit code 1/],
  ['somebody else sets a code', 'async () => { process.exitCode = 1; return 0 }', 0, /^$/],
  ['something still runs', 'async () => { setInterval(() => undefined, 1000); return 2 }', 2, /^$/],
  ['a long answer', 'async () => { process.stdout.write("x".repeat(1_000_000)); return 2 }', 2, /^x{1000000}$/],
];

test.for(ends)('a script that ends with %s', async ([, main, expected, says]) => {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const code = `import { runCommand } from ${url('command.ts')};
import { SuiteError } from ${url('../slo/errors.ts')};
const pause = () => new Promise((done) => setTimeout(done, 100));
runCommand(${main});`;
  const { code: ended, text } = await inShell('"$@"', [process.execPath, '--input-type=module', '-e', code]);
  expect(text).toMatch(says);
  expect(ended, text).toBe(expected);
});
