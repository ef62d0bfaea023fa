import { describe, expect, test } from 'vitest';
import { errorExitCode } from './cli/command.ts';
import { bench } from './commands/bench.ts';
import { doctor } from './commands/doctor.ts';
import { generate } from './commands/generate.ts';
import { images } from './commands/images.ts';
import { up } from './commands/up.ts';
import { judgeCommand } from './gate/judge.ts';
import { readOptions } from './gate/options.ts';

/** What was typed wrongly may be a secret, and a terminal, a CI's log among them, is read by many. */

const scripts = { gate: readOptions, judge: judgeCommand, up, images, doctor, bench, generate };
type Script = keyof typeof scripts;

const header = /Did you mean "--header"\?/;

async function refusalOf(script: Script, argv: readonly string[]): Promise<unknown> {
  return scripts[script](argv).then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function isRefused(script: Script, argv: readonly string[], says: RegExp): Promise<void> {
  const refusal = await refusalOf(script, argv);
  expect(refusal).toMatchObject({ code: 'USAGE', message: expect.stringMatching(says) });
  expect(refusal).toMatchObject({ message: expect.not.stringMatching(/SEKRIT/i) });
  expect(errorExitCode(refusal)).toBe(64);
}

describe('of an option that is not known only its name is repeated', () => {
  test.for<[Script, string[], RegExp]>([
    ['gate', ['--hedaer=X: SEKRITt'], /unknown option '--hedaer'/],
    ['gate', ['--hedaer=X: SEKRITt'], header],
    ['gate', ['--hedaer', 'X: SEKRITt'], header],
    ['gate', ['--headers=Authorization: Bearer SEKRIT'], header],
    ['gate', ["--hedaer=X: it's 'SEKRIT'\nSEKRIT"], header],
    ['gate', ['-HAuthorization: SEKRIT'], /unknown option '-H'.*--header/],
    ['gate', ['-H', 'Authorization: SEKRIT'], /unknown option '-H'.*--header/],
    ['gate', ['-H=Authorization:SEKRIT'], /unknown option '-H'.*--header/],
    ['gate', ['-uuser:SEKRIT'], /unknown option '-u'/],
    ['gate', ['--Authorization: SEKRIT'], /unknown option '--Authorization'/],
    ['gate', ['--header:SEKRIT'], /'--header'.*right would be --header <line>/],
    ['gate', ['--quiet=SEKRIT'], /'--quiet'.*right would be --quiet/],
    ['judge', ['--quite=SEKRIT', 'runs/x'], /'--quite'\. Did you mean "--quiet"\?/],
    ['up', ['--token=SEKRIT'], /unknown option '--token'/],
    ['up', ['-pSEKRIT'], /unknown option '-p'/],
    ['images', ['--password=SEKRIT'], /unknown option '--password'/],
    ['doctor', ['--json=SEKRIT'], /'--json'.*right would be --json/],
    ['bench', ['--seeed=SEKRIT'], /Did you mean "--seed"\?/],
    ['generate', ['-HAuthorization: SEKRIT'], /unknown option '-H'/],
  ])('%s %j', ([script, argv, says]) => isRefused(script, argv, says));
});

describe('words that belong to no option are counted and not repeated', () => {
  test.for<[Script, string[], RegExp]>([
    ['gate', ['SEKRIT'], /got 1.*`--` before the options/s],
    ['gate', ['--rate', '5', 'Authorization:', 'SEKRIT'], /got 2/],
    ['gate', ['--fault', 'errors=2%', 'SEKRIT'], /quotes: --fault/],
    ['gate', ['--header', 'Authorization:', 'SEKRIT'], /quotes: --header/],
    ['judge', ['runs/a', 'SEKRIT'], /got 2.*`--` before the options/s],
    ['up', ['Authorization: SEKRIT'], /got 1/],
    ['images', ['SEKRIT'], /got 1/],
    ['doctor', ['https://user:SEKRIT@h.test'], /got 1/],
    ['bench', ['SEKRIT', 'SEKRIT'], /got 2/],
    ['generate', ['SEKRIT'], /got 1/],
  ])('%s %j', ([script, argv, says]) => isRefused(script, argv, says));
});

describe('a value that cannot be used is repeated only where it can be no secret', () => {
  test.for<[Script, string[], RegExp]>([
    ['gate', ['--rate', 'Authorization: SEKRIT'], /'--rate <n>'.*greater than 0/],
    ['gate', ['--api=Bearer SEKRIT'], /'--api <kind>'.*score/],
    ['gate', ['--budget', 'eyJhbGciOiSEKRITJIUzI1NiJ9'], /'--budget <duration>'.*60s/],
    ['gate', ['--metrics', 'Authorization: SEKRIT'], /'--metrics <url>'.*http or https/],
    [
      'gate',
      ['--metrics', 'ftp://h.test/?token=SEKRIT'],
      /'ftp:\/\/h\.test\/\?token=redacted'.*http or https/,
    ],
    ['gate', ['--url', 'http://h.test:port/?token=SEKRIT'], /'--url <url>'.*http or https/],
    [
      'gate',
      ['--targets', 'AK-SLO-1', 'Authorization: SEKRIT'],
      /'--targets <id\.\.\.>'.*ids of the profile/,
    ],
    [
      'gate',
      ['--targets', 'AK-SLO-1', 'http://u:SEKRIT@h.test'],
      /named by --url http:\/\/redacted@h\.test/,
    ],
    [
      'gate',
      ['--targets', 'AK-SLO-1', 'eyJhbGciOiSEKRITJIUzI1NiJ9'],
      /'--targets <id\.\.\.>'.*ids of the profile/,
    ],
    [
      'gate',
      ['--profile', 'mlops-aks', 'Authorization: SEKRIT'],
      /--profile.*--header 'Name: value'/,
    ],
    [
      'gate',
      ['--profile', 'mlops-aks', 'Authorization:', 'SEKRIT'],
      /--profile.*--header 'Name: value'/,
    ],
    ['up', ['--runtime', 'Bearer SEKRIT'], /'--runtime <kind>'.*containers/],
    ['up', ['--seed=Authorization: SEKRIT'], /'--seed <n>'.*whole number/],
    ['bench', ['--gates', 'https://user:SEKRIT@h.test'], /'--gates <n>'.*whole number/],
    ['bench', ['--section', 'server', 'X: SEKRIT'], /'--section <name\.\.\.>'.*statistics/],
  ])('%s %j', ([script, argv, says]) => isRefused(script, argv, says));
});
