import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { createRunFolder } from '../../evidence/writer.ts';
import { fixture } from '../../report/fixture.ts';
import { makeReadOnly, type Skip, scratch, smallDisk } from './disks.testing.ts';
import { readVerdicts, rightAnswer, serve, startGate } from './gate-process.ts';

/** What a run writes for others to read decides nothing: verdicts and exit code come first, and what cannot be written is a warning. */

const derived = [runFiles.verdicts, runFiles.html, runFiles.junit, runFiles.summary];
/** A gate that asks for less load than could decide anything, so that it ends at once, with 2. `meanwhile` is done while it runs. */
async function undecided(env: Record<string, string>, meanwhile: (folder: string) => void = () => undefined) {
  const url = await serve((_, response) => {
    meanwhile(gate.folder);
    response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer);
  });
  const args = ['--target', url, '--api', 'score', '--only', 'AK-SLO-4', '--budget', '10s', '--min-time', '5s'];
  const gate = startGate(args, env);
  const code = await gate.ended;
  return { code, folder: gate.folder, text: gate.output() };
}

/** Places that a step summary cannot be written to, each with what the system says of it. */
const badSummaries: Record<string, (folder: string, skip: Skip) => [path: string, cause: string]> = {
  'a folder that is not there': () => ['/nonexistent/x', 'ENOENT'],
  'a folder': (folder) => [folder, 'EISDIR'],
  'below a file': (folder) => {
    writeFileSync(join(folder, 'file'), '');
    return [join(folder, 'file', 'x'), 'ENOTDIR'];
  },
  'a full disk': () => ['/dev/full', 'ENOSPC'],
  'a pipe that nobody reads': (folder) => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    return [join(folder, 'pipe'), 'ENXIO'];
  },
  'a disk that is read only': (folder, skip) => {
    makeReadOnly(skip, folder);
    return [join(folder, 'summary.md'), 'EROFS'];
  },
  'a name that is too long': (folder) => [join(folder, 'x'.repeat(300)), 'ENAMETOOLONG'],
};

describe('GITHUB_STEP_SUMMARY', () => {
  test.for(Object.entries(badSummaries))('%s: verdicts as ever, and one warning that names it', async ([, make], { skip }) => {
    const [path, cause] = make(scratch(), skip);
    const { code, folder, text } = await undecided({ GITHUB_STEP_SUMMARY: path });
    expect(text).toContain('AK-SLO-4  ? inconclusive');
    expect(code, text).toBe(2);
    expect(readVerdicts(folder).exitCode).toBe(2);
    const named = text.split('\n').filter((line) => line.includes('GITHUB_STEP_SUMMARY'));
    expect(named).toEqual([expect.stringMatching(new RegExp(`Warning: .*${cause}`))]);
    expect(named[0]).toContain(path);
    expect(text).not.toContain('INTERNAL');
  });

  test('a file with something in it: it is added to, and there is nothing to warn of', async () => {
    const file = join(scratch(), 'summary.md');
    writeFileSync(file, 'of an earlier step\n');
    const { code, text } = await undecided({ GITHUB_STEP_SUMMARY: file });
    expect(code).toBe(2);
    expect(text).not.toContain('GITHUB_STEP_SUMMARY');
    expect(readFileSync(file, 'utf8')).toMatch(/^of an earlier step\n## .*Inconclusive/);
  });

  test('an empty variable is none', async () => {
    const { code, text } = await undecided({ GITHUB_STEP_SUMMARY: '' });
    expect(code).toBe(2);
    expect(text).not.toContain('cannot be written');
  });
});

describe('a file of the run folder cannot be written', () => {
  const each = [...derived.map((name) => [name]), derived].map((names) => ({ names, title: names.join(', ') }));

  test.for(each)('$title, by the gate', async ({ names }) => {
    // A folder that is not empty stands in the file's place.
    const { code, folder, text } = await undecided({}, (run) => {
      for (const name of names) mkdirSync(join(run, name, 'in-the-way'), { recursive: true });
    });
    expect(text).toContain('AK-SLO-4  ? inconclusive');
    expect(code, text).toBe(2);
    onlyWarnedOf(folder, names, text);
  });

  test.for(each)('$title, by judge', async ({ names }) => {
    const folder = await recordedRun();
    for (const name of names) mkdirSync(join(folder, name, 'in-the-way'), { recursive: true });
    const { code, text } = judge(folder);
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    onlyWarnedOf(folder, names, text);
  });

  test('a folder that is read only, by judge: verdicts and exit code, and a warning for each', async ({ skip }) => {
    const folder = await recordedRun();
    makeReadOnly(skip, folder);
    const { code, text } = judge(folder);
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    for (const name of derived) expect(text).toMatch(new RegExp(`Warning: .*/${name} .*EROFS`));
    expect(readdirSync(folder)).not.toContain(runFiles.verdicts);
    expect(text).not.toMatch(/INTERNAL|\n {4}at /);
  });

  test('a folder that is read only, of the version before: its verdicts stay', async ({ skip }) => {
    const folder = await recordedRun();
    writeFileSync(join(folder, runFiles.verdicts), 'of the version before');
    const { sealed: _, ...run } = JSON.parse(readFileSync(join(folder, runFiles.run), 'utf8'));
    writeFileSync(join(folder, runFiles.run), JSON.stringify({ ...run, schemaVersion: 1, patienceMs: 60_000 }));
    makeReadOnly(skip, folder);
    const { code, text } = judge(folder);
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    expect(text).toMatch(new RegExp(`Warning: .*/${runFiles.formerVerdicts} .*EROFS`));
    expect(readFileSync(join(folder, runFiles.verdicts), 'utf8')).toBe('of the version before');
  });

  test('verdicts of the version before that cannot be kept are not overwritten', async () => {
    const folder = await recordedRun();
    writeFileSync(join(folder, runFiles.verdicts), 'of the version before');
    const { sealed: _, ...run } = JSON.parse(readFileSync(join(folder, runFiles.run), 'utf8'));
    writeFileSync(join(folder, runFiles.run), JSON.stringify({ ...run, schemaVersion: 1, patienceMs: 60_000 }));
    mkdirSync(join(folder, runFiles.formerVerdicts));
    const { code, text } = judge(folder);
    expect(code, text).toBe(0);
    expect(text).toMatch(new RegExp(`Warning: .*/${runFiles.formerVerdicts} `));
    expect(readFileSync(join(folder, runFiles.verdicts), 'utf8')).toBe('of the version before');
    expect(existsSync(join(folder, runFiles.html))).toBe(true);
  });

  test('a disk that fills up, by judge: each file is the one before or the new one', async ({ skip }) => {
    const [recorded, disk] = [await recordedRun(), smallDisk(skip)];
    const folder = join(disk.folder, 'run');
    cpSync(recorded, folder, { recursive: true });
    for (const name of derived) writeFileSync(join(folder, name), `former ${name}`);
    disk.fill();
    const { code, text } = judge(folder);
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    for (const name of derived) expect(readFileSync(join(folder, name), 'utf8')).toBe(`former ${name}`);
    for (const name of derived) expect(text).toMatch(new RegExp(`Warning: .*/${name} .*ENOSPC`));
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('the page cannot be made of what was recorded: the others are written', async () => {
    // Later than any axis of a chart can show.
    const folder = await recordedRun(1e300);
    const { code, text } = judge(folder);
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    expect(text).toMatch(new RegExp(`Warning: .*/${runFiles.html} `));
    for (const name of derived) expect(existsSync(join(folder, name)), name).toBe(name !== runFiles.html);
  });
});

/** Each of the files is named in a warning, the others are there, and nothing half-written is. */
function onlyWarnedOf(folder: string, names: readonly string[], text: string): void {
  for (const name of derived) {
    const warned = text.split('\n').filter((line) => line.startsWith('Warning: ') && line.includes(join(folder, name)));
    expect(warned, name).toHaveLength(names.includes(name) ? 1 : 0);
    if (!names.includes(name)) expect(readFileSync(join(folder, name), 'utf8').length, name).toBeGreaterThan(100);
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  expect(text).not.toMatch(/INTERNAL|\n {4}at /);
}

/** The sealed evidence of a run that passed, without anything derived; one warm-up request as late as told. */
async function recordedRun(intendedStart = 0): Promise<string> {
  const dir = join(scratch(), 'run');
  const { run, samples } = fixture('external');
  const { sealed: _, ...open } = run;
  const folder = await createRunFolder(dir, open);
  for await (const sample of samples()) folder.samples.write(sample.index === 0 ? { ...sample, intendedStart } : sample);
  await folder.seal({ end: 'finished', failure: null });
  return dir;
}

function judge(folder: string): { code: number | null; text: string } {
  const script = resolve(import.meta.dirname, '../judge.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { code: status, text: stdout + stderr };
}
