import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../machine/facts.ts';
import manifest from '../package.json' with { type: 'json' };
import { folderWith, typed } from './npm.testing.ts';
import { ownOptions } from './npm-options.mjs';

/** From version 12 on, npm itself refuses options that it does not know, and starts nothing. */
function refusedByNpm(text: string): string[] {
  return [...text.matchAll(/^npm error +- --([a-z-]+)$/gm)].map(([, name = '']) => name);
}

describe('options that npm kept are refused before anything is started, and the right command is shown', () => {
  test.for([
    [
      ['run', 'gate', '--target=http://127.0.0.1:9', '--api=score'],
      /run gate -- --target=http:\/\/127\.0\.0\.1:9 --api=score\n/,
    ],
    [['run', 'gate', '--rate', '500'], /--rate.*run gate -- --rate …\n/s],
    [['run', 'gate', '--dry-run'], /--dry-run/],
    [['run', 'gate', '--ca=x.pem'], /run gate -- --ca=x\.pem\n/],
    [['run', 'gate', '--targets=AK-SLO-1'], /run gate -- --targets=AK-SLO-1\n/],
    [
      ['run', 'gate', '--fault=errors=2% on replica-2', '--fault=crash'],
      /-- '--fault=errors=2% on replica-2' --fault=crash\n/,
    ],
    [['run', 'gate', '--no-quiet'], /--no-quiet/],
    [['run', 'gate', '--quiet', '--', '--rate', '500'], /run gate -- --quiet\b/],
    [['run', 'judge', '--quiet', 'runs/x'], /run judge -- --quiet\b/],
    [['run', 'bench', '--section=server'], /run bench -- --section=server\n/],
    [['run', 'doctor', '--json'], /run doctor -- --json\n/],
    [['run', 'up', '--seed=7'], /run up -- --seed=7\n/],
    [['run', 'generate', '--check'], /run generate -- --check\n/],
    [['run', 'check', '--fix'], /run check -- --fix\b/],
    [['test', '--project', 'unit'], /npm test -- --project …\n/],
    [['test', '-t', 'name of a test'], /npm test -- -t …\n/],
  ] as const)('npm %s', async ([words, message]) => {
    const { code, text } = await typed(['npm', ...words], { cwd: repository });
    if (refusedByNpm(text).length > 0) return;
    expect(text).toContain('write `--` before the options');
    expect(text).toMatch(message);
    expect(code).toBe(64);
  });

  test.for(['header', 'hedaer'])(
    'a header, which may be a secret, is not repeated: --%s',
    async (name) => {
      const { code, text } = await typed(
        ['npm', 'run', 'gate', `--${name}=Authorization: hunter2`],
        { cwd: repository },
      );
      if (refusedByNpm(text).length > 0) return;
      expect(text).toMatch(/run gate -- --header=…\n/);
      expect(text).not.toContain('hunter2');
      expect(code).toBe(64);
    },
  );

  test.for([
    ['ignore-scripts=true in .npmrc', { npmrc: 'ignore-scripts=true\n', env: {} }],
    [
      'ignore-scripts in the environment',
      { npmrc: '', env: { npm_config_ignore_scripts: 'true' } },
    ],
    [
      'the same option in the environment, with another value',
      { npmrc: '', env: { npm_config_rate: '30' } },
    ],
  ] as const)('also with %s', async ([, { npmrc, env }]) => {
    const folder = folderWith({ npmrc });
    const { code, text } = await typed(['npm', 'run', 'gate', '--rate=500'], {
      cwd: repository,
      env: { ...env, NPM_CONFIG_USERCONFIG: join(folder, 'npmrc') },
    });
    if (refusedByNpm(text).length > 0) return;
    expect(text).toContain('run gate -- --rate=500\n');
    expect(code).toBe(64);
  });
});

/** Sets what is npm's, what is ours and what is a third one's. */
const npmrc =
  'ca = x\nca[]=y\n"target"=30.0.0\nnodedir=/usr\nyes=false\nloglevel=warn\n; budget=1m\nelectron_mirror=x\n';

/** What our check sees of the words that are typed after a script's name, as the names of options. */
async function keptOf(
  script: string,
  words: readonly string[],
  files: Record<string, string> = {},
): Promise<string[]> {
  const manifest = JSON.stringify({
    type: 'module',
    scripts: { [script]: 'node scripts/probe.js' },
  });
  const probe =
    "import { keptByNpm } from './npm-options.mjs';\nconsole.log(JSON.stringify(keptByNpm(process.env).map(({ name }) => name)));";
  const cwd = folderWith({ 'package.json': manifest, 'scripts/probe.js': probe, ...files });
  for (const file of ['scripts/npm-options.mjs', 'machine/processes.mjs'])
    cpSync(join(repository, file), join(cwd, file));
  const { text } = await typed(['npm', 'run', '--foreground-scripts', script, ...words], { cwd });
  const unknown = refusedByNpm(text);
  if (unknown.length > 0) {
    const others = words.filter(
      (word) => !unknown.some((name) => word === `--${name}` || word.startsWith(`--${name}=`)),
    );
    return [...unknown, ...(await keptOf(script, others, files))].sort();
  }
  const names: string[] = JSON.parse(text.trim().split('\n').at(-1) ?? '');
  return names.sort();
}

/** The file that an npm script runs. */
function scriptOf(command: string): string {
  const [, file = ''] =
    /(scripts\/\w+\.ts)/.exec(Reflect.get(manifest.scripts, command) ?? '') ?? [];
  return file;
}

/** Every option that a command's help names. */
async function optionsOf(command: string): Promise<string[]> {
  const { code, text } = await typed(['node', scriptOf(command), '--help'], {
    cwd: repository,
  });
  expect(code).toBe(0);
  return [...text.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
}

describe('no option is swallowed without a trace', () => {
  const commands = Object.entries(ownOptions).filter(([name]) => name !== 'test');
  test.for(commands)('npm run %s', async ([command, listed]) => {
    const options = (await optionsOf(command)).sort();
    expect([...listed].sort()).toEqual(options);
    if (options.length === 0) return;
    expect(
      await keptOf(
        command,
        options.map((name) => `--${name}=x`),
      ),
    ).toEqual(options);
    expect(
      await keptOf(
        command,
        options.flatMap((name) => [`--${name}`, 'x']),
      ),
    ).toEqual(options);
  });
});

/** Words that no option takes, to each script; npm hands them on as they are, as the first one shows. */
const excess = {
  gate: ['npm', 'run', 'gate', '500'],
  judge: ['node', 'scripts/judge.ts', 'runs/a', 'runs/b'],
  up: ['node', 'scripts/up.ts', '7'],
  doctor: ['node', 'scripts/doctor.ts', 'k6'],
  images: ['node', 'scripts/images.ts', 'k6'],
  bench: ['node', 'scripts/bench.ts', 'server'],
  generate: ['node', 'scripts/generate.ts', 'profiles/profile.schema.json'],
};

describe('words that belong to no option are wrong usage, with a hint at `--`', () => {
  test.for(Object.entries(excess))('%s', async ([name, command]) => {
    const { code, text } = await typed(command, { cwd: repository });
    expect(text).toContain(`npm run ${name} -- `);
    expect(text).toMatch(/before the options/);
    expect(code).toBe(64);
  });
});

/** Ends at once, and only when the command was reached. */
const reached = (command: string) => ['run', '--silent', command, '--', '--help'];
const loud = { npm_config_loglevel: 'warn' };

describe('what is right is not refused', () => {
  test.for([
    [
      "npm's own options before `--`",
      ['run', '-s', '--prefer-offline', '--foreground-scripts', 'generate', '--', '--help'],
      {},
    ],
    [
      'options of every kind behind `--`',
      ['run', '-s', 'gate', '--', '--rate', '5', '--ca', 'x', '--quiet', '--help'],
      {},
    ],
    [
      "npm's own options in the environment",
      reached('judge'),
      { NPM_CONFIG_CA: 'x', NPM_CONFIG_LOGLEVEL: 'warn' },
    ],
    [
      "npm's own options in the environment, in small letters",
      ['run', 'judge', '--', '--help'],
      { npm_config_ca: 'x', ...loud },
    ],
    [
      'a variable of another tool',
      reached('generate'),
      { npm_config_target: '30.0.0', npm_config_nodedir: '/usr' },
    ],
  ] as const)('%s', async ([, words, env]) => {
    const { code, text } = await typed(['npm', ...words], { cwd: repository, env });
    expect(text).toContain('Usage: npm run ');
    expect(code).toBe(0);
  });

  test.for(['NPM_CONFIG_USERCONFIG', 'npm_config_userconfig', 'NPM_CONFIG_GLOBALCONFIG'])(
    'what the file in %s sets',
    async (variable) => {
      const file = join(folderWith({ npmrc }), 'npmrc');
      const { code, text } = await typed(['npm', 'run', 'judge', '--', '--help'], {
        cwd: repository,
        env: { [variable]: file },
      });
      expect(text).toContain('Usage: npm run judge --');
      expect(code).toBe(0);
    },
  );

  test("what the project's own .npmrc sets", async () => {
    expect(await keptOf('judge', ['--', '--help'], { '.npmrc': npmrc })).toEqual([]);
    expect(await keptOf('judge', ['--ca=x', '--all'], { '.npmrc': npmrc })).toEqual(['all']);
  });

  test('another folder, with --prefix', async () => {
    const { code } = await typed(['npm', '--prefix', repository, ...reached('generate')], {
      cwd: folderWith(),
    });
    expect(code).toBe(0);
  });

  test('an option of a package that calls this one', async () => {
    const call = `npm --prefix ${repository} run generate -- --help`;
    const folder = folderWith({ 'package.json': JSON.stringify({ scripts: { wrapped: call } }) });
    const { code } = await typed(['npm', 'run', 'wrapped', '--dry-run'], { cwd: folder });
    expect(code).toBe(0);
  });

  test('another package manager, which hands options on by itself', async () => {
    const env = {
      npm_config_target: 'x',
      npm_execpath: '/usr/lib/pnpm/bin/pnpm.cjs',
      npm_lifecycle_event: 'gate',
    };
    const package_ = { npm_package_json: join(repository, 'package.json') };
    const { code, text } = await typed(['node', 'scripts/bootstrap.mjs'], {
      cwd: repository,
      env: { ...env, ...package_ },
    });
    expect({ code, text }).toEqual({ code: 0, text: '' });
  });
});
