import { afterAll, describe, expect, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { judgeRun } from '../../slo/judge/run.ts';
import { runCheck } from '../run.ts';
import { openSession } from '../session.testing.ts';
import { load } from './load.ts';

const { session, close } = await openSession();
const { plan, record } = session;

afterAll(close);

describe(plan.profile.id, () => {
  test.for(load.checks(session).map((check) => [check.id, check] as const))(
    '%s',
    async ([id, check], { signal }) => {
      expect(await runCheck(check, session, signal)).toEqual({ check: id, end: 'done' });
    },
  );

  test.for(plan.targets)('$id: $statement', async ({ id }) => {
    const { run, samples } = await openRun(record.dir);
    const [judged] = await judgeRun({ ...run, samples: samples() });
    expect(judged?.targets.find((target) => target.id === id)).toMatchObject({ decision: 'pass' });
  });
});
