import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunFolder, type RunFolder } from '../../evidence/writer.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import type { Stop } from '../../slo/verdict.ts';
import { derive } from './derive.ts';

const check = { profile: 'mlops-aks', suite: 'conformance', check: 'empty-body', params: {} };

/** A run whose only objective is advisory, beside a check that passed, with what `more` writes. */
async function recorded(stop: Stop, more: (folder: RunFolder) => void): Promise<number> {
  const { run, samples } = fixture('external');
  const { sealed: _, ...open } = run;
  const [profile] = open.profiles;
  if (profile === undefined) throw new Error('the fixture has a profile');
  const facts = { kind: 'api', statement: 's', section: '1' } as const;
  const targets = [
    ...profile.targets.flatMap((target) =>
      target.id === 'AK-SLO-1'
        ? { ...target, advisory: { reason: 'it is new', until: '2099-01-01' } }
        : [],
    ),
    { ...facts, id: 'AK-API-6', checks: [{ check: 'empty-body' }] },
  ];
  const scenarios = open.scenarios.slice(0, 1).map((record) => ({ ...record, stop }));
  const folder = await createRunFolder(join(scratch(), 'run'), {
    ...open,
    ...{ scenarios, targets: null, suites: ['load', 'conformance'], checks: [check] },
    profiles: [{ ...profile, targets }],
    service: { kind: 'external', url: 'http://127.0.0.1:1', metrics: null },
  });
  for await (const sample of samples())
    if (sample.scenario === scenarios[0]?.name) folder.samples.write(sample);
  folder.checks.write({ kind: 'begin', run: 0, at: 0, ...check });
  const observation = { subject: 'an empty body', expected: '400', seen: '400', ok: true };
  folder.checks.write({ kind: 'observation', run: 0, at: 1, exchange: 0, ...observation });
  folder.checks.write({ kind: 'end', run: 0, at: 2, end: 'done' });
  more(folder);
  await folder.seal({ end: 'finished', failure: null });
  return (await derive(folder.dir)).verdicts.exitCode;
}

function exchange(folder: RunFolder): void {
  const body = { text: '', bytes: 0 };
  folder.exchanges.write({
    ...{ exchange: 0, run: 0, at: 0, ms: 1, failure: null },
    request: { method: 'POST', url: 'http://127.0.0.1:1/score', headers: [], body },
    answer: { status: 400, headers: [], body },
  });
}

test('a run that is whole passes by its check, whatever an advisory target says', async () => {
  expect(await recorded('decided', exchange)).toBe(0);
});

test('a load generator that failed makes the run broken, though what counts has passed', async () => {
  expect(await recorded('client-failed', exchange)).toBe(3);
});

test('a check whose exchange is not on record decides nothing', async () => {
  expect(await recorded('decided', () => undefined)).toBe(2);
});
