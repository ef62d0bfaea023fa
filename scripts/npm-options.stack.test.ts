import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../fixtures/facts.ts';
import { folderWith, typed } from './npm.testing.ts';

describe('options that npm kept are refused before anything is started, and the right command is shown', () => {
  test.for([
    [['run', 'gate', '--target=http://127.0.0.1:9', '--api=score'], /run gate -- --target=http:\/\/127\.0\.0\.1:9 --api=score\n/],
    [['run', 'gate', '--rate', '500'], /--rate.*run gate -- --rate …\n/s],
    [['run', 'gate', '--dry-run'], /--dry-run/],
    [['run', 'gate', '--ca=x.pem'], /run gate -- --ca=x\.pem\n/],
    [['run', 'gate', '--targets=AK-SLO-1'], /run gate -- --targets=AK-SLO-1\n/],
    [['run', 'gate', '--fault=errors=2% on replica-2', '--fault=crash'], /-- '--fault=errors=2% on replica-2' --fault=crash\n/],
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
    expect(text).toContain('write `--` before the options');
    expect(text).toMatch(message);
    expect(code).toBe(64);
  });

  test('a header, which may be a secret, is not repeated', async () => {
    const { code, text } = await typed(['npm', 'run', 'gate', '--header=Authorization: hunter2'], { cwd: repository });
    expect(text).toMatch(/run gate -- --header=…\n/);
    expect(text).not.toContain('hunter2');
    expect(code).toBe(64);
  });

  test.for([
    ['ignore-scripts=true in .npmrc', { npmrc: 'ignore-scripts=true\n', env: {} }],
    ['ignore-scripts in the environment', { npmrc: '', env: { npm_config_ignore_scripts: 'true' } }],
    ['the same option in the environment, with another value', { npmrc: '', env: { npm_config_rate: '30' } }],
  ] as const)('also with %s', async ([, { npmrc, env }]) => {
    const folder = folderWith({ npmrc });
    const { code, text } = await typed(['npm', 'run', 'gate', '--rate=500'], {
      cwd: repository,
      env: { ...env, NPM_CONFIG_USERCONFIG: join(folder, 'npmrc') },
    });
    expect(text).toContain('run gate -- --rate=500\n');
    expect(code).toBe(64);
  });
});

/** Prints the names of the variables with which npm hands settings on. */
const probe = 'console.log(Object.keys(process.env).filter((name) => name.startsWith("npm_config_")).join())';

/** Names of the variables that npm sets for a script when these words are typed after its name. */
async function tracesOf(words: readonly string[]): Promise<string[]> {
  const cwd = folderWith({ 'package.json': JSON.stringify({ scripts: { probe: 'node probe.mjs' } }), 'probe.mjs': probe });
  const { text } = await typed(['npm', 'run', '--silent', 'probe', ...words], { cwd });
  return text.trim().split(',');
}

/** Every option that a command's help names. */
async function optionsOf(command: string): Promise<string[]> {
  const { text } = await typed(['node', `scripts/${command}.ts`, '--help'], { cwd: repository });
  return [...text.matchAll(/^ +(?:-\w, )?--([a-z-]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
}

test.for(['gate', 'judge', 'up', 'images', 'doctor', 'bench', 'generate'])(
  'npm swallows no option of npm run %s without a trace',
  async (command) => {
    const options = await optionsOf(command);
    const traces = options.map((name) => (name === 'quiet' ? 'npm_config_loglevel' : `npm_config_${name.replaceAll('-', '_')}`));
    expect(await tracesOf(options.map((name) => `--${name}=x`))).toEqual(expect.arrayContaining(traces));
    expect(await tracesOf(options.flatMap((name) => [`--${name}`, 'x']))).toEqual(expect.arrayContaining(traces));
  },
);

describe('words that belong to no option are wrong usage, with a hint at `--`', () => {
  test.for([
    ['gate', '500'],
    ['judge', 'runs/a', 'runs/b'],
    ['up', '7'],
    ['doctor', 'k6'],
    ['images', 'k6'],
    ['bench', 'server'],
    ['generate', 'slo/profile.schema.json'],
  ])('npm run %s', async (words) => {
    const { code, text } = await typed(['npm', 'run', ...words], { cwd: repository });
    expect(text).toContain(`npm run ${words[0]} -- `);
    expect(text).toMatch(/before the options/);
    expect(code).toBe(64);
  });
});

/** Ends at once, and only when the command was reached. */
const help = ['run', '--silent', 'gate', '--', '--help'];

describe('what is right is not refused', () => {
  test.for([
    [
      'npm its own options before `--`',
      ['run', '--silent', '--prefer-offline', '--foreground-scripts', 'gate', '--', '--help'],
      {},
    ],
    ['options of every kind behind `--`', ['run', '-s', 'gate', '--', '--rate', '5', '--ca', 'x', '--quiet', '--help'], {}],
    ['npm its own option in the environment', help, { NPM_CONFIG_CA: 'x', NPM_CONFIG_LOGLEVEL: 'warn' }],
    ['npm its own option in the environment, in small letters', help, { npm_config_ca: 'x', npm_config_loglevel: 'warn' }],
    ['a variable of another tool', help, { npm_config_target: '30.0.0', npm_config_nodedir: '/usr' }],
  ] as const)('%s', async ([, words, env]) => {
    const { code, text } = await typed(['npm', ...words], { cwd: repository, env });
    expect(text).toContain('Usage: npm run gate --');
    expect(code).toBe(0);
  });

  test.for(['NPM_CONFIG_USERCONFIG', 'NPM_CONFIG_GLOBALCONFIG'])('what the file in %s sets', async (variable) => {
    const npmrc = 'ca = x\nca[]=y\n"target"=30.0.0\nnodedir=/usr\nyes=false\nloglevel=warn\nelectron_mirror=x\n';
    const { code, text } = await typed(['npm', 'run', 'gate', '--', '--help'], {
      cwd: repository,
      env: { [variable]: join(folderWith({ npmrc }), 'npmrc') },
    });
    expect(text).toContain('Usage: npm run gate --');
    expect(code).toBe(0);
  });

  test('another folder, with --prefix', async () => {
    const { code } = await typed(['npm', '--prefix', repository, ...help], { cwd: folderWith() });
    expect(code).toBe(0);
  });

  test('an option of a package that calls this one', async () => {
    const call = `npm --prefix ${repository} run gate -- --help`;
    const folder = folderWith({ 'package.json': JSON.stringify({ scripts: { wrapped: call } }) });
    const { code } = await typed(['npm', 'run', 'wrapped', '--target=x'], { cwd: folder });
    expect(code).toBe(0);
  });

  test('another package manager, which hands options on by itself', async () => {
    const env = { npm_config_target: 'x', npm_execpath: '/usr/lib/pnpm/bin/pnpm.cjs', npm_lifecycle_event: 'gate' };
    const package_ = { npm_package_json: join(repository, 'package.json') };
    const { code, text } = await typed(['node', 'scripts/bootstrap.mjs'], { cwd: repository, env: { ...env, ...package_ } });
    expect({ code, text }).toEqual({ code: 0, text: '' });
  });
});
