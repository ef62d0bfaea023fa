import { openRun } from '../../evidence/reader.ts';
import type { LentStack } from '../../fixtures/lent-stack.ts';
import type { CheckParams } from '../../slo/check-record.ts';
import { CheckRecords, judgeCheck } from '../../slo/judge/checks.ts';
import type { Api } from '../../slo/profile.ts';
import type { CheckVerdict } from '../../slo/verdict.ts';
import { bareSession } from './bare-session.testing.ts';
import type { Check } from './check.ts';
import { checkTask } from './check-task.ts';
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

/** One check, with the parameters that it is given. */
export type Asked = readonly [check: Check, params?: CheckParams];

/** For tests: does checks on a service as a gate with `--url` does, each once, and judges what was recorded. */
export async function judgeExternal(
  service: External,
  asked: readonly Asked[],
): Promise<CheckVerdict[]> {
  const session: Session = { ...(await bareSession()), ...service, address: service.url };
  const { record, plan } = session;
  const profile = plan.profile.id;
  const never = new AbortController().signal;
  for (const [check, params = {}] of asked) {
    const planned = { profile, suite: 'conformance', check: check.id, params };
    for (const task of checkTask(check, planned, session)) await runTask(task, session, never);
  }
  const records = new CheckRecords();
  for await (const event of (await openRun(record.dir)).checks()) records.add(event);
  return asked.map(([{ id }, params = {}]) =>
    judgeCheck({ id, check: id, params }, records.of({ profile, check: id, params })),
  );
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
