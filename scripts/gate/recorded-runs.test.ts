import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { errorExitCode } from '../cli/command.ts';
import { derive } from './derive.ts';
import { judgeHere } from './recorded.testing.ts';

const recorded = (name: string) => join(import.meta.dirname, 'recorded-runs', name);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** A copy that a test may change and judge again. */
function copyOf(name: string): string {
  const parent = mkdtempSync(join(tmpdir(), 'recorded-run-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  cpSync(recorded(name), join(parent, name), { recursive: true });
  return join(parent, name);
}

describe('a run that was recorded long ago is decided as it was then', () => {
  test.each(['pass', 'fail', 'inconclusive', 'invalid', 'killed'])('%s', async (name) => {
    const { verdicts } = await derive(recorded(name));
    const { exitCode, reconciliation, spread, profiles } = verdicts;
    const targets = profiles
      .flatMap((profile) => profile.targets)
      .filter(({ decision }) => decision !== 'not-run');
    expect({ exitCode, targets, reconciliation, spread }).toEqual(
      json(join(recorded(name), 'expected.json')),
    );
    expect(verdicts.warnings.filter((warning) => warning.startsWith('EVIDENCE_ALTERED'))).toEqual(
      [],
    );
  });

  test('and judged again, its report can be made', async () => {
    const { code, text } = await judgeHere(copyOf('fail'));
    expect(text).toContain('✗ Fail');
    expect(code).toBe(1);
  });
});

test('a fault that the load never came to is said, so that nobody takes the verdict for one on it', async () => {
  const folder = copyOf('killed');
  const run = json(join(folder, runFiles.run));
  const faults = [...run.service.faults, 'latency=300ms at 5m'];
  writeFileSync(
    join(folder, runFiles.run),
    JSON.stringify({ ...run, service: { ...run.service, faults } }),
  );
  const { warnings } = (await derive(folder)).verdicts;
  expect(warnings.filter((warning) => warning.startsWith('The fault'))).toEqual([
    'The fault "latency=300ms at 5m" was never on: the load ended before. --min-time makes it last longer.',
  ]);
});

describe('what is no file in a run folder is refused, and not waited for', () => {
  test.each([
    runFiles.run,
    runFiles.samples,
    runFiles.history,
    runFiles.verdicts,
    `${runFiles.series}/mlops-aks.unique.json`,
  ])('%s', async (name) => {
    const folder = copyOf('pass');
    const path = join(folder, name);
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
    const refusal: unknown = await judgeHere(folder).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'EVIDENCE_UNREADABLE',
      message: expect.stringContaining(`${path} is no file`),
    });
  });
});

describe('a folder in place of a file of a run folder is refused, and named', () => {
  test.each([
    runFiles.samples,
    runFiles.checks,
    runFiles.exchanges,
    runFiles.history,
    `${runFiles.series}/mlops-aks.unique.json`,
  ])('%s', async (name) => {
    const folder = copyOf('pass');
    const path = join(folder, name);
    rmSync(path, { force: true });
    mkdirSync(path);
    const refusal: unknown = await judgeHere(folder).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'EVIDENCE_UNREADABLE',
      message: expect.stringContaining(`${path} is no file but a folder`),
    });
  });
});

describe('a run folder of another schema version is refused with its version, and exit code 64', () => {
  test.each([1, 2, 4])('%i', async (version) => {
    const folder = copyOf('pass');
    const path = join(folder, runFiles.run);
    writeFileSync(path, JSON.stringify({ ...json(path), schemaVersion: version }));
    const refusal: unknown = await judgeHere(folder).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(`${path} has schemaVersion ${version}, .* reads 3`),
    });
    expect(errorExitCode(refusal)).toBe(64);
  });

  test('what has no version at all is no run', async () => {
    const folder = copyOf('pass');
    writeFileSync(join(folder, runFiles.run), '{}');
    await expect(judgeHere(folder)).rejects.toMatchObject({ code: 'EVIDENCE_UNREADABLE' });
  });
});
