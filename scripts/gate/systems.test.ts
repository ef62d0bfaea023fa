import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../machine/scratch.testing.ts';
import { readOptions } from './options.ts';

const exampleFile = resolve(import.meta.dirname, '../../docs/profile.example.yaml');

/** A profile file with this line beside the example's own, which name no system. */
function profileWith(line: string): string {
  const file = join(scratch(), 'ours.yaml');
  writeFileSync(file, `${readFileSync(exampleFile, 'utf8')}\n${line}\n`);
  return file;
}

const refusalOf = (argv: readonly string[]): Promise<unknown> =>
  readOptions(argv).catch((error: unknown) => error);

describe('a profile that the reference stack cannot be set up for is refused', () => {
  test.for([
    ['', /: system is missing.*mlops-aks, kserve-mlops.*--url URL/],
    [
      'system: mlops-ask',
      /: system is "mlops-ask".*Did you mean "mlops-aks"\?.*mlops-aks, kserve-mlops/,
    ],
    ['system: nothing-like-it', /: system is "nothing-like-it"[^?]*mlops-aks, kserve-mlops/],
  ] as const)('%j', async ([line, message]) => {
    const file = profileWith(line);
    const refusal = await refusalOf(['--profile', 'mlops-aks', file]);
    expect(refusal).toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
    expect(refusal).toMatchObject({ message: expect.stringContaining(`${file}: system`) });
  });

  test('also where nothing of its own is decided, but a suite is named', async () => {
    const file = join(scratch(), 'ours.yaml');
    const target = '{ id: A-1, kind: api, statement: s, section: s, notRun: not yet }';
    writeFileSync(
      file,
      `schemaVersion: 1\nid: ours\ntitle: t\ndocument: d\ntargets:\n  - ${target}\n`,
    );
    expect(await refusalOf(['--profile', file, '--suite', 'conformance'])).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/system is missing/),
    });
    expect(await refusalOf(['--profile', file])).not.toMatchObject({ code: 'USAGE' });
  });

  test('all of them at once', async () => {
    const [one, other] = ['system: one', 'system: two'].map(profileWith);
    const ids = readFileSync(other ?? '', 'utf8').replace('id: churn-scorer', 'id: another');
    writeFileSync(other ?? '', ids);
    expect(await refusalOf(['--profile', one ?? '', other ?? ''])).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/system is "one".*\n.*system is "two"/),
    });
  });
});

test('one that names a system is taken', async () => {
  const { profiles } = await readOptions(['--profile', profileWith('system: kserve-mlops')]);
  expect(profiles).toMatchObject([{ system: 'kserve-mlops' }]);
});

test('one whose targets are not asked for needs no stack, and so no system', async () => {
  const argv = ['--profile', 'mlops-aks', profileWith(''), '--targets', 'AK-SLO-1'];
  expect((await readOptions(argv)).profiles).toHaveLength(2);
});

test('a service of one’s own needs none, whatever stands there', async () => {
  const external = ['--url', 'http://127.0.0.1:1', '--api', 'score', '--profile'];
  for (const line of ['', 'system: mlops-ask'])
    expect((await readOptions([...external, profileWith(line)])).profiles).toHaveLength(1);
});
