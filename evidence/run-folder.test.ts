import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fixture } from '../report/fixture.testing.ts';
import { localLimits, outcomes, phases, type Sample, sampleSchema } from '../slo/sample.ts';
import { openRun } from './reader.ts';
import { RecordLog } from './record-log.ts';
import { type Run, runFiles } from './run.ts';
import { type SeriesFile, seriesFileSchema } from './series.ts';
import { createFreeRunFolder, createRunFolder, openRunFolder } from './writer.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tailgate-evidence-'));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true });
});

const run: Run = {
  schemaVersion: 3,
  id: '20260101T000000Z-p',
  tailgate: { version: '0.1.0', commit: null },
  epoch: '2026-01-01T00:00:00.000Z',
  epochMs: 1767225600000,
  host: { os: 'linux', arch: 'x64', cores: 2, memoryBytes: 1, node: 'v24.0.0' },
  argv: [],
  service: { kind: 'external', url: 'http://127.0.0.1:1', metrics: null },
  profiles: [
    {
      schemaVersion: 1,
      id: 'p',
      title: 'P',
      document: 'p.md',
      scenarios: {},
      targets: [{ id: 'P-OPS-1', kind: 'ops', statement: 'x', section: 'y', notRun: 'z' }],
      conflicts: [],
    },
  ],
  targets: null,
  suites: ['load'],
  checks: [],
  load: { seed: 1, budgetMs: 1000, rampMs: 1000, minTimeMs: 1000, warmupMs: 0 },
  client: { requestsPerConnection: 100, redirects: 0, proxy: null },
  scenarios: [],
};

function sampleAt(index: number): Sample {
  return {
    index,
    scenario: 'p/s',
    phase: 'judged',
    intendedStart: index,
    start: index,
    end: index + 1.5,
    firstByte: index + 1,
    outcome: 'ok',
    status: 200,
    bytes: 10,
    requestId: `abc-${index}`,
    route: 'main',
  };
}

async function read(folder: string): Promise<{ samples: Sample[]; warnings: readonly string[] }> {
  const evidence = await openRun(folder);
  const samples: Sample[] = [];
  for await (const sample of evidence.samples()) samples.push(sample);
  return { samples, warnings: evidence.warnings };
}

const ms = fc.integer({ min: 0, max: 10 ** 9 }).map((micros) => micros / 1000);
const anySample: fc.Arbitrary<Sample> = fc.record(
  {
    index: fc.nat(),
    scenario: fc.string(),
    phase: fc.constantFrom(...phases),
    intendedStart: ms,
    start: ms,
    end: ms,
    firstByte: ms,
    outcome: fc.constantFrom(...outcomes),
    limit: fc.constantFrom(...localLimits),
    status: fc.nat(599),
    bytes: fc.nat(),
    requestId: fc.string(),
    route: fc.string(),
    replica: fc.string({ unit: 'grapheme' }),
    modelVersion: fc.string(),
    cacheHit: fc.boolean(),
    payload: fc.nat(),
  },
  {
    requiredKeys: [
      'index',
      'scenario',
      'phase',
      'intendedStart',
      'start',
      'end',
      'outcome',
      'limit',
      'status',
      'bytes',
      'requestId',
      'route',
    ],
  },
);

describe('samples', () => {
  test('come back as they were written, in order, however they are cut into members', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySample),
        fc.integer({ min: 1, max: 2000 }),
        async (samples, largest) => {
          const own = mkdtempSync(join(dir, 'x'));
          await createRunFolder(join(own, 'run'), run);
          const log = new RecordLog(join(own, 'run', runFiles.samples), largest);
          for (const sample of samples) log.write(sample);
          log.close();
          const back = await read(join(own, 'run'));
          expect(back.samples).toEqual(samples);
          expect(back.samples.every((sample) => sampleSchema.safeParse(sample).success)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('are on disk, as a complete member, within a second', async () => {
    vi.useFakeTimers();
    const folder = await createRunFolder(dir, run);
    folder.samples.write(sampleAt(0));
    expect(existsSync(join(dir, runFiles.samples))).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(gunzipSync(readFileSync(join(dir, runFiles.samples))).toString()).toBe(
      `${JSON.stringify(sampleAt(0))}\n`,
    );
    folder.close();
  });

  test('of several workers of one run follow each other', async () => {
    const folder = await createRunFolder(dir, run);
    for (const index of [0, 1]) {
      const worker = openRunFolder(dir);
      worker.samples.write(sampleAt(index));
      worker.close();
      worker.close();
    }
    folder.samples.write(sampleAt(2));
    folder.close();
    expect((await read(dir)).samples).toEqual([0, 1, 2].map(sampleAt));
  });

  test('before a member that was broken off are read, and it is said', async () => {
    const folder = await createRunFolder(dir, run);
    folder.samples.write(sampleAt(0));
    folder.close();
    const whole = (await stat(join(dir, runFiles.samples))).size;
    folder.samples.write(sampleAt(1));
    folder.close();
    truncateSync(join(dir, runFiles.samples), whole + 30);
    const { samples, warnings } = await read(dir);
    expect(samples[0]).toEqual(sampleAt(0));
    expect(samples).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('broken off')]);
  });

  test.each([
    ['not JSON', 'hello'],
    ['something else', '{"index":1}'],
    [
      'of an unknown limit',
      JSON.stringify({ ...sampleAt(1), outcome: 'local', limit: 'patience' }),
    ],
    ['of an unknown outcome', JSON.stringify({ ...sampleAt(1), outcome: 'fine' })],
    ['null', 'null'],
  ])('end before a line that is %s', async (_, line) => {
    const folder = await createRunFolder(dir, run);
    folder.samples.write(sampleAt(0));
    folder.close();
    appendFileSync(join(dir, runFiles.samples), gzipSync(`${line}\n`));
    const { samples, warnings } = await read(dir);
    expect(samples).toEqual([sampleAt(0)]);
    expect(warnings).toEqual([expect.stringContaining('line 2 is not a sample')]);
  });

  test('that were never recorded are missed', async () => {
    await createRunFolder(dir, { ...run, profiles: fixture('pass').run.profiles });
    expect(await read(dir)).toEqual({
      samples: [],
      warnings: [expect.stringContaining('no sample was recorded')],
    });
  });

  test('that cannot be read once the folder is open end there, and it is said', async () => {
    await createRunFolder(dir, run);
    const evidence = await openRun(dir);
    mkdirSync(join(dir, runFiles.samples));
    expect((await evidence.samples().next()).done).toBe(true);
    expect(evidence.warnings).toEqual([expect.stringMatching(/damaged after 0 records \(EISDIR/)]);
  });

  test('are not missed where no load was planned: no target of the profile is decided by any', async () => {
    await createRunFolder(dir, run);
    expect(await read(dir)).toEqual({ samples: [], warnings: [] });
  });
});

describe('a disk that is full', () => {
  // /dev/full answers every write with ENOSPC.
  test('is said once, and what was written before is kept', () => {
    const log = new RecordLog('/dev/full', 1);
    expect(() => log.write(sampleAt(0))).toThrow(
      expect.objectContaining({
        code: 'EVIDENCE_WRITE_FAILED',
        message: expect.stringContaining('ENOSPC'),
      }),
    );
    expect(() => log.write(sampleAt(1))).not.toThrow();
    expect(() => log.close()).not.toThrow();
  });
});

describe('run.json', () => {
  test('is replaced as a whole, and others see it', async () => {
    const folder = await createRunFolder(dir, run);
    await openRunFolder(dir).update({ id: 'a' });
    await folder.update({ targets: ['P-OPS-1'] });
    expect(folder.run).toEqual({ ...run, id: 'a', targets: ['P-OPS-1'] });
  });

  test('in a folder that has something in it is refused', async () => {
    writeFileSync(join(dir, 'x'), '');
    await expect(createRunFolder(dir, run)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(dir),
    });
  });

  test('in a folder that cannot be made is a failure', async () => {
    await expect(createRunFolder('/dev/null/x', run)).rejects.toMatchObject({
      code: 'EVIDENCE_WRITE_FAILED',
    });
  });

  test.each([
    ['{', 'not JSON'],
    ['{}', 'schemaVersion'],
    ['null', 'not what a run writes'],
  ])('with %j in it is refused, with the place', async (text, words) => {
    writeFileSync(join(dir, runFiles.run), text);
    await expect(openRun(dir)).rejects.toMatchObject({
      code: 'EVIDENCE_UNREADABLE',
      message: expect.stringContaining(words),
    });
  });

  test('that is not there makes no run folder', async () => {
    await expect(openRun(dir)).rejects.toMatchObject({
      code: 'EVIDENCE_UNREADABLE',
      message: expect.stringContaining(dir),
    });
  });
});

describe('a run folder that is named after its run, beside', () => {
  test.for<[string, (path: string) => void]>([
    ['an older run', (path) => mkdirSync(join(path, runFiles.logs), { recursive: true })],
    ['a folder that somebody just made', (path) => mkdirSync(path)],
    ['a file of that name', (path) => writeFileSync(path, '')],
  ])('%s, is the next one, and its own name is in it', async ([, occupy]) => {
    occupy(join(dir, run.id));
    const name = `${run.id}-2`;
    const folder = await createFreeRunFolder(dir, run);
    expect(readdirSync(dir).sort()).toEqual([run.id, name]);
    expect(folder.dir).toBe(join(dir, name));
    expect((await openRun(folder.dir)).run.id).toBe(name);
  });
});

test('each scenario has a series file of its own, also where names differ only in where the profile ends', async () => {
  const folder = await createRunFolder(dir, run);
  const scenarios = ['ml/ops-unique', 'ml-ops/unique'];
  for (const scenario of scenarios) {
    const none = { from: 0, to: 1, failure: null, series: [] };
    folder.writeSeries({ scenario, dialect: 'reference', ...none });
  }
  const files = readdirSync(join(dir, runFiles.series));
  expect(files.map((name) => seriesIn(name).scenario).sort()).toEqual(scenarios.toSorted());
  await folder.seal({ end: 'finished', failure: null });
  expect(Object.keys((await openRun(dir)).run.sealed?.files ?? {})).toEqual(
    files.toSorted().map((name) => `${runFiles.series}/${name}`),
  );
});

function seriesIn(name: string): SeriesFile {
  return seriesFileSchema.parse(JSON.parse(readFileSync(join(dir, runFiles.series, name), 'utf8')));
}

describe('the seal', () => {
  async function sealed(): Promise<void> {
    const folder = await createRunFolder(dir, run);
    folder.samples.write(sampleAt(0));
    folder.samples.write(sampleAt(1));
    folder.writeSeries({
      scenario: 'p/s',
      dialect: 'reference',
      from: 0,
      to: 1,
      failure: null,
      series: [],
    });
    writeFileSync(join(dir, runFiles.logs, 'x.log'), 'line\n');
    await folder.seal({ end: 'finished', failure: null });
  }

  test('holds, and reports written later do not matter', async () => {
    await sealed();
    writeFileSync(join(dir, runFiles.verdicts), '{}');
    const evidence = await openRun(dir);
    expect(Object.keys(evidence.run.sealed?.files ?? {})).toEqual([
      'logs/x.log',
      runFiles.samples,
      'series/p.s.json',
    ]);
    expect(await evidence.verify()).toEqual({
      sealed: true,
      altered: false,
      changed: [],
      missing: [],
      added: [],
      warnings: [],
    });
  });

  test('is broken by whatever is changed, removed or added', async () => {
    await sealed();
    writeFileSync(join(dir, runFiles.samples), gzipSync(`${JSON.stringify(sampleAt(0))}\n`));
    rmSync(join(dir, 'series/p.s.json'));
    writeFileSync(join(dir, 'logs/y.log'), '');
    const verification = await (await openRun(dir)).verify();
    expect(verification).toMatchObject({
      altered: true,
      changed: [runFiles.samples],
      missing: ['series/p.s.json'],
      added: ['logs/y.log'],
    });
    expect(verification.warnings).toHaveLength(3);
  });

  const records = [runFiles.samples, runFiles.checks, runFiles.exchanges, runFiles.history];
  test.each(records)('is broken by one byte of %s that is another', async (file) => {
    const folder = await createRunFolder(dir, run);
    folder.samples.write(sampleAt(0));
    folder.checks.write({ kind: 'end', run: 0, at: 1, end: 'done' });
    const body = { text: '', bytes: 0 };
    const request = { method: 'GET', url: 'http://127.0.0.1:1/', headers: [], body };
    const times = { exchange: 0, run: 0, at: 0, ms: 1 };
    folder.exchanges.write({ ...times, request, answer: null, failure: 'refused' });
    folder.history.write({ at: 0, stack: 1, what: 'killed', part: 'redis' });
    await folder.seal({ end: 'finished', failure: null });
    expect(await (await openRun(dir)).verify()).toMatchObject({ altered: false });
    const bytes = readFileSync(join(dir, file));
    bytes.writeUInt8(bytes.readUInt8(12) ^ 1, 12);
    writeFileSync(join(dir, file), bytes);
    expect(await (await openRun(dir)).verify()).toMatchObject({ altered: true, changed: [file] });
  });

  test('is broken by a change of run.json itself', async () => {
    await sealed();
    const path = join(dir, runFiles.run);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"budgetMs": 1000', '"budgetMs": 1001'));
    expect(await (await openRun(dir)).verify()).toMatchObject({
      altered: true,
      changed: [runFiles.run],
    });
  });

  test('that is not there is said', async () => {
    await createRunFolder(dir, run);
    expect(await (await openRun(dir)).verify()).toMatchObject({
      sealed: false,
      altered: false,
      warnings: [expect.stringContaining('not sealed')],
    });
  });
});
