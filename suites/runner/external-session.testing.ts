import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRun } from '../../evidence/reader.ts';
import { type Run, runSchemaVersion } from '../../evidence/run.ts';
import { createRunFolder } from '../../evidence/writer.ts';
import type { LentStack } from '../../fixtures/lent-stack.ts';
import { hostFacts, tailgateVersion, timeStamp } from '../../machine/facts.ts';
import type { CheckParams } from '../../slo/check-record.ts';
import { CheckRecords, judgeCheck } from '../../slo/judge/checks.ts';
import { usualLoad } from '../../slo/load-settings.ts';
import type { Api, Profile } from '../../slo/profile.ts';
import type { CheckVerdict } from '../../slo/verdict.ts';
import { usualClient } from '../../traffic/client.ts';
import type { Check } from './check.ts';
import { checkTask } from './check-task.ts';
import { Numbers } from './numbers.ts';
import { runTask } from './run.ts';
import type { Session } from './session.ts';

/** A service that is not ours, and what it is asked for. */
interface External {
  /** Base URL. */
  url: string;
  api: Api;
  model: string;
  /** Where a test lets checks see inside it after all. */
  stack?: LentStack;
}

/** One check with the parameters that it is given. */
export type Asked = readonly [check: Check, params?: CheckParams];

/**
 * For tests: does checks against a service as a gate with `--url` does, each once, and judges what was recorded. The run folder goes
 * when this returns.
 */
export async function judgeExternal(
  { url, ...service }: External,
  asked: readonly Asked[],
): Promise<CheckVerdict[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tailgate-external-'));
  try {
    const record = await createRunFolder(join(folder, 'run'), describe(url));
    const session: Session = {
      ...service,
      url,
      address: url,
      plan: { profile, targets: [], scenarios: [], alphaFail: 0 },
      checks: [],
      settings: usualLoad,
      client: usualClient,
      counters: { kind: 'none' },
      faults: [],
      numbers: new Numbers(),
      record,
      load: () => Promise.reject(new Error('no load in these tests')),
      onProgress: () => undefined,
    };
    const never = new AbortController().signal;
    for (const [check, params = {}] of asked) {
      const planned = { profile: profile.id, suite: 'conformance', check: check.id, params };
      for (const task of checkTask(check, planned, session)) await runTask(task, session, never);
    }
    const records = new CheckRecords();
    for await (const event of (await openRun(record.dir)).checks()) records.add(event);
    return asked.map(([{ id }, params = {}]) => {
      const of = { profile: profile.id, check: id, params };
      return judgeCheck({ id, check: id, params }, records.of(of));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The checks say what is done; of a profile, a run needs one to name. */
const profile: Profile = {
  schemaVersion: 1,
  id: 'external',
  title: 'A service that is not ours',
  document: 'none',
  scenarios: {},
  targets: [
    { id: 'EX-1', kind: 'api', statement: 'as the checks say', section: 'all', notRun: 'no' },
  ],
  conflicts: [],
};

function describe(url: string): Run {
  const now = new Date();
  return {
    schemaVersion: runSchemaVersion,
    id: `${timeStamp(now)}-external`,
    tailgate: tailgateVersion(),
    epoch: now.toISOString(),
    epochMs: now.getTime(),
    host: hostFacts(),
    argv: [],
    profiles: [profile],
    targets: null,
    suites: ['conformance'],
    checks: [],
    load: usualLoad,
    client: {
      requestsPerConnection: usualClient.requestsPerConnection,
      redirects: usualClient.redirects,
      proxy: null,
    },
    scenarios: [],
    service: { kind: 'external', url, metrics: null },
  };
}

/** Of each check, what of it was not as expected, or else why it decided nothing; absent where all was. */
export function deviations(verdicts: readonly CheckVerdict[]): Record<string, string[]> {
  return Object.fromEntries(
    verdicts.flatMap((verdict) => {
      const { id, decision, reason } = verdict;
      if (decision === 'pass') return [];
      const words = decision === 'fail' ? seen(verdict, false) : [JSON.stringify(reason)];
      return [[id, words]];
    }),
  );
}

/** All that each check looked at. */
export function subjects(verdicts: readonly CheckVerdict[]): Record<string, string[]> {
  return Object.fromEntries(
    verdicts.map((verdict) => [verdict.id, [...seen(verdict, true), ...seen(verdict, false)]]),
  );
}

function seen({ evidence }: CheckVerdict, asExpected: boolean): string[] {
  const shown = evidence?.kind === 'exact' ? evidence.shown : [];
  return [...new Set(shown.flatMap(({ subject, ok }) => (ok === asExpected ? subject : [])))];
}
