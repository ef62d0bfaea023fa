import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import { reportFiles } from '../../report/index.ts';
import { makeReadOnly, type Skip, smallDisk } from './disks.testing.ts';
import { addStepSummary, writeFiles } from './publish.ts';
import { judgeHere, recordedRun, said } from './recorded.testing.ts';

/** What a run writes for others to read decides nothing: what cannot be written is a warning. */

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What the gate derives of a run that passed. */
const passed = { ...fixture('external'), former: false };

/** Places that a step summary cannot be written to, each with what the system says of it; a pipe that nobody reads: `.parts.test.ts`. */
const badSummaries: Record<string, (folder: string, skip: Skip) => [path: string, cause: string]> =
  {
    'a folder that is not there': () => ['/nonexistent/x', 'ENOENT'],
    'a folder': (folder) => [folder, 'EISDIR'],
    'below a file': (folder) => {
      writeFileSync(join(folder, 'file'), '');
      return [join(folder, 'file', 'x'), 'ENOTDIR'];
    },
    'a full disk': () => ['/dev/full', 'ENOSPC'],
    'a disk that is read only': (folder, skip) => {
      makeReadOnly(skip, folder);
      return [join(folder, 'summary.md'), 'EROFS'];
    },
    'a name that is too long': (folder) => [join(folder, 'x'.repeat(300)), 'ENAMETOOLONG'],
  };

/** What is said when the summary of a run is added to a file. */
async function addedTo(path: string): Promise<string> {
  vi.stubEnv('GITHUB_STEP_SUMMARY', path);
  return (await said(() => addStepSummary(passed))).text;
}

describe('GITHUB_STEP_SUMMARY', () => {
  test.for(Object.entries(badSummaries))(
    '%s: one warning that names it',
    async ([, make], { skip }) => {
      const [path, cause] = make(scratch(), skip);
      const text = await addedTo(path);
      expect(text).toMatch(new RegExp(`^Warning: GITHUB_STEP_SUMMARY=.*${cause}.*\n$`));
      expect(text).toContain(path);
    },
  );

  test('a file with something in it: it is added to, and there is nothing to warn of', async () => {
    const file = join(scratch(), 'summary.md');
    writeFileSync(file, 'of an earlier step\n');
    expect(await addedTo(file)).toBe('');
    expect(readFileSync(file, 'utf8')).toMatch(/^of an earlier step\n## .*Pass/);
  });

  test('an empty variable is none', async () => {
    expect(await addedTo('')).toBe('');
  });
});

describe('a file of the run folder cannot be written', () => {
  const each = [...reportFiles.map((name) => [name]), reportFiles].map((names) => ({
    names,
    title: names.join(', '),
  }));
  /** A folder that is not empty stands in each file's place. */
  const putInTheWay = (folder: string, names: readonly string[]) => {
    for (const name of names) mkdirSync(join(folder, name, 'in-the-way'), { recursive: true });
  };

  test.for(each)('$title, by the gate', async ({ names }) => {
    const folder = scratch();
    putInTheWay(folder, names);
    const { text } = await said(() => writeFiles(passed, folder));
    onlyWarnedOf(folder, names, text);
  });

  test.for(each)('$title, by judge', async ({ names }) => {
    const folder = await recordedRun();
    putInTheWay(folder, names);
    const { code, text } = await judgeHere(folder);
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    expect(text.includes('Report: ')).toBe(!names.includes(runFiles.html));
    onlyWarnedOf(folder, names, text);
  });

  test('a disk that fills up, by judge: each file is the one before or the new one', async ({
    skip,
  }) => {
    const [recorded, disk] = [await recordedRun(), smallDisk(skip)];
    const folder = join(disk.folder, 'run');
    cpSync(recorded, folder, { recursive: true });
    for (const name of reportFiles) writeFileSync(join(folder, name), `former ${name}`);
    disk.fill();
    const { code, text } = await judgeHere(folder);
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    for (const name of reportFiles)
      expect(readFileSync(join(folder, name), 'utf8')).toBe(`former ${name}`);
    for (const name of reportFiles)
      expect(text).toMatch(new RegExp(`Warning: .*/${name} .*ENOSPC`));
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('the page cannot be made of what was recorded: the others are written', async () => {
    const folder = await recordedRun();
    vi.doMock('../../report/html/page.ts', () => ({
      renderHtml() {
        throw new RangeError('Invalid array length');
      },
    }));
    vi.resetModules();
    const broken = await import('./recorded.testing.ts');
    const { code, text } = await broken.judgeHere(folder);
    vi.doUnmock('../../report/html/page.ts');
    expect(text).toContain('✓ pass');
    expect(code, text).toBe(0);
    expect(text).toMatch(new RegExp(`Warning: .*/${runFiles.html} .*Invalid array length`));
    for (const name of reportFiles)
      expect(existsSync(join(folder, name)), name).toBe(name !== runFiles.html);
  });
});

/** Each of the files is named in a warning, the others are there, and nothing half-written is. */
function onlyWarnedOf(folder: string, names: readonly string[], text: string): void {
  for (const name of reportFiles) {
    const warned = text
      .split('\n')
      .filter((line) => line.startsWith('Warning: ') && line.includes(join(folder, name)));
    expect(warned, name).toHaveLength(names.includes(name) ? 1 : 0);
    if (!names.includes(name))
      expect(readFileSync(join(folder, name), 'utf8').length, name).toBeGreaterThan(100);
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  expect(text).not.toMatch(/INTERNAL|\n {4}at /);
}
