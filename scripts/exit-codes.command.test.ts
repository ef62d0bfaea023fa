import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runFiles } from '../evidence/run.ts';
import { repository } from '../machine/facts.ts';
import { scratch } from '../machine/scratch.testing.ts';
import { before, inShell, node, readers, uncaught } from './exit-codes.testing.ts';
import { readVerdicts } from './gate/gate-process.testing.ts';
import { recordedRun } from './gate/recorded.testing.ts';

/** What scripts end with when no load is sent; with load: `exit-codes.parts.test.ts`. */

/** Every script of ours that npm runs. */
const { scripts: npmScripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')));
const entries = Object.keys(npmScripts).filter((name) =>
  npmScripts[name]?.includes(`scripts/${name}.ts`),
);

describe('the verdict is the exit code, whatever reads what judge says', () => {
  test.for(Object.entries(readers))('%s', async ([, line]) => {
    const folder = await recordedRun({ only: 'AK-SLO-4' });
    // Said on standard error, before the last line on standard output.
    mkdirSync(join(folder, runFiles.junit, 'in-the-way'), { recursive: true });
    const { code, text } = await inShell(line, node('judge', folder), {
      DONE: join(folder, runFiles.verdicts),
    });
    expect(code, text).toBe(2);
    expect(readVerdicts(folder).exitCode).toBe(2);
  });

  test('npm run judge … | head -1, of a run that passed', async () => {
    // npm itself ends with 1 when it cannot print the name of a second script, so this package has one script only.
    const parent = scratch();
    const script = node('judge').map((word) => `'${word}'`);
    writeFileSync(
      join(parent, 'package.json'),
      JSON.stringify({ scripts: { judge: script.join(' ') } }),
    );
    const folder = await recordedRun();
    const { code, text } = await inShell('"$@" | head -1', [
      'npm',
      '--prefix',
      parent,
      'run',
      'judge',
      '--',
      folder,
    ]);
    expect(readVerdicts(folder).exitCode, text).toBe(0);
    expect(code, text).toBe(0);
  });

  test.for(entries)('npm run %s -- --help', async (name) => {
    expect(await inShell('"$@" | true', node(name, '--help'))).toEqual({ code: 0, text: '' });
  });
});

/** What a script can meet, and what it is to end with. */
const scripts: [
  what: string,
  command: string[],
  env: Record<string, string>,
  code: number,
  says: RegExp,
][] = [
  [
    'up: no place for its journal',
    node('up'),
    { XDG_CACHE_HOME: '/dev/null/cache' },
    3,
    /\/dev\/null\/cache/,
  ],
  [
    'bench: no place for its cells',
    node(
      'bench',
      '--section',
      'statistics',
      '--short',
      '--streams',
      '1',
      '--resume',
      '/dev/null/cells',
    ),
    {},
    3,
    /mkdir .\/dev\/null/,
  ],
  ['images: no such option', node('images', '--bogus'), {}, 64, /--bogus/],
  ['doctor: no such option', node('doctor', '--bogus'), {}, 64, /--bogus/],
  ['judge: no folder given', node('judge'), {}, 64, /folder/],
  [
    'judge: no run folder',
    node('judge', '/dev/null/run'),
    {},
    3,
    /EVIDENCE_UNREADABLE.*\/dev\/null\/run/,
  ],
  [
    'gate: a package is gone that only its report needs',
    node('gate'),
    without('echarts/dist/echarts.esm.min'),
    3,
    /no echarts\S* here/,
  ],
  [
    'judge: a package is gone',
    node('judge', '/dev/null/run'),
    without('echarts/dist/echarts.esm.min'),
    3,
    /no echarts\S* here/,
  ],
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
  expect(entries).toEqual(
    expect.arrayContaining(['gate', 'judge', 'up', 'images', 'doctor', 'bench', 'generate']),
  );
});

test.for(
  entries.flatMap((entry) =>
    ['commander', 'option-values.ts'].map((gone) => [entry, gone] as const),
  ),
)('npm run %s, where %s is gone, is an error like any other', async ([entry, gone]) => {
  const { code, text } = await inShell('"$@"', node(entry, '--help'), without(gone));
  expect(text).toMatch(new RegExp(`^INTERNAL: .*no ${gone} here`));
  expect(code, text).toBe(3);
});

/** Ends of a script's main function, as code. */
const ends: [what: string, main: string, code: number, says: RegExp][] = [
  ['an exit code', 'async () => 2', 2, /^$/],
  ['an error', 'async () => { throw new Error("oh") }', 3, /^INTERNAL: Error: oh\n/],
  ['an error at once', '() => { throw new Error("oh") }', 3, /^INTERNAL: Error: oh\n/],
  ['nothing thrown', 'async () => { throw undefined }', 3, /^INTERNAL: undefined\n/],
  [
    'an error of the harness',
    'async () => { throw new SuiteError("TRAFFIC_FAILED", "oh") }',
    3,
    /^TRAFFIC_FAILED: oh\n$/,
  ],
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
  [
    'a long answer',
    'async () => { process.stdout.write("x".repeat(1_000_000)); return 2 }',
    2,
    /^x{1000000}$/,
  ],
];

const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** A script of its own with this main function. */
function runScript(main: string) {
  const code = `import { runCommand, takeUncaught } from ${url('cli/command.ts')};
import { describeError, SuiteError } from ${url('../slo/errors.ts')};
const pause = () => new Promise((done) => setTimeout(done, 100));
runCommand(${main});`;
  return inShell('"$@"', [process.execPath, '--input-type=module', '-e', code]);
}

test.for(ends)('a script that ends with %s', async ([, main, expected, says]) => {
  const { code, text } = await runScript(main);
  expect(text).toMatch(says);
  expect(code, text).toBe(expected);
});

test.for(Object.entries(uncaught))(
  'a script that puts things in order after %s',
  async ([, broken]) => {
    const main = `async () => {
    const { promise, resolve } = Promise.withResolvers();
    using _ = takeUncaught(resolve);
    setTimeout(() => { ${broken} });
    const error = await promise;
    await pause();
    process.stdout.write(describeError(error));
    return 2;
  }`;
    const { code, text } = await runScript(main);
    expect(text).toMatch(/^INTERNAL: .*broken on purpose/);
    expect(code, text).toBe(2);
  },
);
