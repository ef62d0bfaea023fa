import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRun } from './reader.ts';
import { runFiles } from './run.ts';
import { hashRun } from './seal.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tailgate-former-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const scenario = {
  ...{ name: 'p/s', warmupMs: 5000, plannedMs: 600_000, minTimeMs: 30_000, timeoutMs: 2000, startedAt: 1, endedAt: 61_000 },
  scenario: { api: 'score', model: 'm', payloads: { kind: 'unique' }, arrivals: { shape: 'constant', perSecond: 300 } },
};

/** `run.json` as the version before this one wrote it. */
const former = {
  ...{
    schemaVersion: 1,
    id: 'r',
    tailgate: { version: '0.1.0', commit: null },
    epoch: '2026-01-01T00:00:00.000Z',
    epochMs: 1,
    seed: 1,
  },
  host: { os: 'linux', arch: 'x64', cores: 2, memoryBytes: 1, node: 'v24.0.0' },
  argv: [],
  target: { kind: 'reference-stack', runtime: 'processes', fault: 'latency=300ms', parts: [] },
  profiles: [
    {
      ...{ schemaVersion: 1, id: 'p', title: 'P', document: 'p.md', scenarios: {}, conflicts: [] },
      targets: [{ id: 'P-OPS-1', kind: 'ops', statement: 'x', section: 'y', notRun: 'z' }],
    },
  ],
  ...{ only: null, budgetMs: 600_000, patienceMs: 60_000 },
  scenarios: [
    { ...scenario, stop: 'out-of-sight' },
    { ...scenario, stop: 'budget' },
  ],
};

const write = (run: object) => writeFileSync(join(dir, runFiles.run), JSON.stringify(run));

test('a run of the version before is read, its seal held against what was written then', async () => {
  const sealed = { ...former, sealed: { at: '2026-01-01T00:02:00.000Z', end: 'finished', failure: null, files: {}, self: '' } };
  write({ ...sealed, sealed: { ...sealed.sealed, self: hashRun(sealed) } });
  const evidence = await openRun(dir);
  expect(evidence).toMatchObject({
    former: true,
    run: { schemaVersion: 2, target: { faults: ['latency=300ms'] }, scenarios: [{ stop: 'decided' }, { stop: 'budget' }] },
  });
  expect(await evidence.verify()).toMatchObject({ sealed: true, altered: false });
});

test('one without a fault, and one on a service that was not ours', async () => {
  write({ ...former, target: { ...former.target, fault: null } });
  expect((await openRun(dir)).run.target).toMatchObject({ faults: [] });
  write({ ...former, target: { kind: 'external', url: 'http://a.test', metrics: null } });
  expect((await openRun(dir)).run.target).toEqual({ kind: 'external', url: 'http://a.test', metrics: null });
});

test('of any other version it says that it is none', async () => {
  write({ ...former, schemaVersion: 3 });
  await expect(openRun(dir)).rejects.toMatchObject({
    code: 'EVIDENCE_UNREADABLE',
    message: expect.stringContaining('schemaVersion'),
  });
});
