import { afterAll, describe, expect, test } from 'vitest';
import type { RunFolder } from '../../evidence/writer.ts';
import { FaultAdmin } from '../../fixtures/fault-admin.ts';
import { mlopsAks } from '../../profiles/mlops-aks.ts';
import { planChecks } from '../../scripts/gate/plan-checks.ts';
import type { CheckEvent, PlannedCheck } from '../../slo/check-record.ts';
import { apis } from '../../slo/profile.ts';
import { checkTask } from '../runner/check-task.ts';
import { runTask } from '../runner/run.ts';
import { openSession } from '../runner/session.testing.ts';
import { checks } from './checks/index.ts';
import type { Defect } from './defects/defect.testing.ts';
import { defects } from './defects.testing.ts';
import { mutatingProxy } from './mutating-proxy.testing.ts';

/** Each check is shown to fail: of a good service all is as expected, of one with a seeded defect exactly what the table says is not. */

const { session: lent, close } = await openSession([
  ...'--suite conformance --runtime processes'.split(' '),
]);
// Always this one stack, and through the proxy.
const { lender: _, ...session } = lent;
const proxy = await mutatingProxy(session.address);
const faults = session.faultAdmin && new FaultAdmin(session.faultAdmin);

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await close();
});

/** What the profile asks of a service that shows nothing but its URL. */
const planned = planChecks([mlopsAks], { targets: null, named: [] }).filter(({ check }) =>
  checks.find(({ id }) => id === check)?.needs.every((need) => apis.some((api) => api === need)),
);

async function seed(defect: Defect['seed'] | null): Promise<void> {
  proxy.mutate(defect !== null && 'proxy' in defect ? defect.proxy : null);
  for (const replica of faults?.replicas ?? [])
    await faults?.set(replica, defect !== null && 'fault' in defect ? defect.fault : {});
}

/** Does a check through the proxy; each subject with whether it was as expected each time. */
async function seenBy(plan: PlannedCheck): Promise<Map<string, boolean>> {
  const events: CheckEvent[] = [];
  const { record: folder } = session;
  const record: RunFolder = {
    ...folder,
    checks: { write: (event) => events.push(event) },
    exchanges: { write: () => undefined },
  };
  const check = checks.find(({ id }) => id === plan.check);
  const [task] = check ? checkTask(check, plan, { ...session, address: proxy.url, record }) : [];
  if (task === undefined) throw new Error(`${plan.check} cannot be done`);
  expect(await runTask(task, session, new AbortController().signal)).toMatchObject({ end: 'done' });
  const seen = new Map<string, boolean>();
  for (const event of events) {
    if (event.kind !== 'observation') continue;
    seen.set(event.subject, event.ok && (seen.get(event.subject) ?? true));
  }
  return seen;
}

const failed = (seen: ReadonlyMap<string, boolean>) =>
  [...seen].flatMap(([subject, ok]) => (ok ? [] : [subject]));

test('every subject of a good service is as expected, and some defect breaks it', async () => {
  await seed(null);
  const unbroken: string[] = [];
  for (const plan of planned) {
    const seen = await seenBy(plan);
    expect(failed(seen), plan.check).toEqual([]);
    for (const subject of seen.keys())
      if (!defects.some(({ fails }) => fails[plan.check]?.includes(subject)))
        unbroken.push(`${plan.check}: ${subject}`);
  }
  expect(unbroken).toEqual([]);
});

describe('a defect is found', () => {
  test.each(defects.map((defect) => [defect.name, defect] as const))(
    '%s',
    async (_, { seed: given, fails }) => {
      await seed(given);
      const found: Record<string, string[]> = {};
      for (const plan of planned.filter(({ check }) => check in fails))
        found[plan.check] = failed(await seenBy(plan)).sort();
      const expected = Object.entries(fails).map(([check, subjects]) => [
        check,
        subjects.toSorted(),
      ]);
      expect(found).toEqual(Object.fromEntries(expected));
    },
  );
});
