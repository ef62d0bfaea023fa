import { afterAll, describe, expect, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { CheckRecords } from '../../slo/judge/checks.ts';
import { judgeRun } from '../../slo/judge/run.ts';
import { runTask } from '../runner/run.ts';
import { openSession } from '../runner/session.testing.ts';
import { load } from './load.ts';

const { session, close } = await openSession();
const { plan, record } = session;

afterAll(close);

describe(plan.profile.id, () => {
  test.for(load.tasks(session).map((task) => [task.id, task] as const))(
    '%s',
    async ([id, task], { signal }) => {
      expect(await runTask(task, session, signal)).toEqual({ task: id, end: 'done' });
    },
  );

  test.for(plan.targets)('$id: $statement', async ({ id }) => {
    const { run, samples } = await openRun(record.dir);
    const [judged] = await judgeRun({
      ...run,
      day: run.epoch.slice(0, 10),
      samples: samples(),
      seen: () => new CheckRecords(),
    });
    expect(judged?.targets.find((target) => target.id === id)).toMatchObject({ decision: 'pass' });
  });
});
