import { afterAll, describe, expect, test } from 'vitest';
import { derive } from '../scripts/gate/derive.ts';
import type { Profile } from '../slo/profile.ts';
import { runTask } from './runner/run.ts';
import { openSession } from './runner/session.testing.ts';
import type { Suite } from './runner/task.ts';

/** For tests: each thing that a suite does is a test, and so is each target that it decides, which has to be met by the reference stack. */
export async function testSuite(
  suite: Suite,
  argv: readonly string[],
  adjust?: (profile: Profile) => Profile,
): Promise<void> {
  const { session, close } = await openSession(['--suite', suite.name, ...argv], adjust);
  const { plan, record } = session;
  afterAll(close);

  describe(`${suite.name} of ${plan.profile.id}`, () => {
    test.for(suite.tasks(session).map((task) => [task.id, task] as const))(
      '%s',
      async ([id, task], { signal }) => {
        expect(await runTask(task, session, signal)).toEqual({ task: id, end: 'done' });
      },
    );

    test('every target that is decided is met', async () => {
      const [judged] = (await derive(record.dir)).verdicts.profiles;
      const decided = judged?.targets.filter(({ decision }) => decision !== 'not-run') ?? [];
      expect(decided.filter(({ decision }) => decision !== 'pass')).toEqual([]);
      expect(decided.length).toBeGreaterThan(0);
      expect(judged?.checks.filter(({ decision }) => decision !== 'pass')).toEqual([]);
    });
  });
}
