import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { repository } from '../machine/facts.ts';
import { folderWith, typed } from './npm.testing.ts';

const example = readFileSync(join(repository, 'docs/profile.example.yaml'), 'utf8');
/** Nothing listens there, so a gate that gets so far ends at its first request. */
const nowhere = ['--url', 'http://127.0.0.1:9', '--api', 'score'];
/** It never comes to a tool, so one that cannot be used need not stop it before. */
const noneNamed = { TAILGATE_K6: '' };
/** Refused after all files were read. */
const refused = ['--targets', 'NONE'];

const actionSchema = z.object({
  runs: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }),
});

const npm = (script: string, ...words: string[]) => [
  'npm',
  '--prefix',
  repository,
  'run',
  '--silent',
  script,
  '--',
  ...words,
];

/** What npm makes of that, without npm: the script is started in our own folder, and told where npm was. */
const asUnderNpm = (
  script: string,
  words: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
) =>
  typed(['node', `scripts/${script}.ts`, ...words], {
    cwd: repository,
    env: { INIT_CWD: cwd, npm_package_json: join(repository, 'package.json'), ...env },
  });

describe('a relative path is meant from where the person stands', () => {
  test('--profile, from a subfolder', async () => {
    const words = ['--profile', './profile.example.yaml', ...refused];
    const { code, text } = await typed(['npm', 'run', '--silent', 'gate', '--', ...words], {
      cwd: join(repository, 'docs'),
    });
    expect(text).toContain('"NONE" is no target of profile churn-scorer');
    expect(code).toBe(64);
  });

  test('--profile, --payloads and --ca, from another folder', async () => {
    const cwd = folderWith({
      'mine.yaml': example,
      'bodies.json': '[{"data":[[1]]}]',
      'ca.pem': '',
    });
    const files = ['--profile', 'mine.yaml', '--payloads', 'bodies.json', '--ca', './ca.pem'];
    const { code, text } = await typed(npm('gate', ...nowhere, ...files, ...refused), { cwd });
    expect(text).toContain('"NONE" is no target of profile churn-scorer');
    expect(code).toBe(64);
  });

  test('--out, also in what is printed', async () => {
    const cwd = folderWith();
    const { code, text } = await typed(npm('gate', ...nowhere, '--out', 'there/run'), {
      cwd,
      env: noneNamed,
    });
    expect(existsSync(join(cwd, 'there/run/run.json'))).toBe(true);
    expect(text).toContain('Report: there/run/report.html');
    expect(code).toBe(3);
    const again = await asUnderNpm('judge', ['there/run'], cwd);
    expect(again.text).toContain('Report: there/run/report.html');
    expect(again.code).toBe(3);
  });

  test('the run folder without --out', async () => {
    const cwd = folderWith();
    await asUnderNpm('gate', nowhere, cwd, noneNamed);
    expect(existsSync(join(cwd, 'runs')) ? readdirSync(join(cwd, 'runs')) : []).toHaveLength(1);
  });

  test('the GitHub action, from the checkout that calls it', async () => {
    const cwd = folderWith({ 'mine.yaml': example, output: '' });
    const { runs } = actionSchema.parse(
      parse(readFileSync(join(repository, 'action.yml'), 'utf8')),
    );
    const inputs = {
      TARGET: 'http://127.0.0.1:9',
      API: 'score',
      PROFILE: 'mine.yaml',
      ARGUMENTS: refused.join(' '),
    };
    const runner = {
      GITHUB_ACTION_PATH: repository,
      GITHUB_OUTPUT: join(cwd, 'output'),
      RUNNER_TEMP: cwd,
    };
    const env = { ...inputs, ...runner, BUDGET: '', TAILGATE_HEADER: '' };
    const { code, text } = await typed(['bash', '-c', runs.steps.at(-1)?.run ?? ''], { cwd, env });
    expect(text).toContain('"NONE" is no target of profile churn-scorer');
    expect(readFileSync(join(cwd, 'output'), 'utf8')).toContain('exit-code=64\n');
    expect(code).toBe(64);
  });

  test('without npm, the working directory', async () => {
    const cwd = folderWith({ 'mine.yaml': example });
    const words = ['--profile', './mine.yaml', ...refused];
    const { text } = await typed(['node', join(repository, 'scripts/gate.ts'), ...words], { cwd });
    expect(text).toContain('"NONE" is no target of profile churn-scorer');
  });

  test('under an npm of another package, the working directory', async () => {
    const call = `cd inner && node ${join(repository, 'scripts/gate.ts')} --profile ./mine.yaml ${refused.join(' ')}`;
    const cwd = folderWith({
      'package.json': JSON.stringify({
        scripts: { wrapped: `mkdir inner && mv mine.yaml inner && ${call}` },
      }),
      'mine.yaml': example,
    });
    const { text } = await typed(['npm', 'run', 'wrapped'], { cwd });
    expect(text).toContain('"NONE" is no target of profile churn-scorer');
  });
});

describe('a file that is not there is named with the folder that was searched', () => {
  test.for([
    ['profile', ['gate', '--profile', './mine.yaml'], 'mine.yaml'],
    ['payloads', ['gate', ...nowhere, '--payloads', 'bodies.json'], 'bodies.json'],
    ['ca', ['gate', ...nowhere, '--ca', 'certificates/ca.pem'], 'certificates/ca.pem'],
    ['run folder', ['judge', 'runs/x'], 'runs/x'],
  ] as const)('%s', async ([, [script, ...words], name]) => {
    const cwd = folderWith();
    const { code, text } = await asUnderNpm(script, words, cwd);
    expect(text).toContain(join(cwd, name));
    expect(code).not.toBe(0);
  });

  // Where Docker can stand in for the tool, the doctor is content.
  test('tool', async () => {
    const cwd = folderWith();
    const { text } = await asUnderNpm('doctor', [], cwd, { TAILGATE_K6: 'bin/k6' });
    expect(text).toContain(join(cwd, 'bin/k6'));
  });
});
