import { join } from 'node:path';
import { createRunFolder } from '../../evidence/writer.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { repository } from '../../machine/facts.ts';
import { readOptions } from '../../scripts/gate/options.ts';
import { describeRun } from '../../scripts/gate/run-record.ts';
import { openService } from '../../scripts/gate/service.ts';
import { sessionFor } from '../../scripts/gate/session.ts';
import { planRun } from '../../slo/judge/plan.ts';
import type { Profile } from '../../slo/profile.ts';
import { Numbers } from './numbers.ts';
import type { Session } from './session.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * For tests: what a gate with these arguments would lend its suites for its first profile, with a run folder of its own. The service is
 * open, the reference stack up.
 */
export async function openSession(
  argv: readonly string[],
  adjust: (profile: Profile) => Profile = (profile) => profile,
): Promise<{ session: Session; close(): Promise<void> }> {
  const asked = await readOptions(argv);
  const options = { ...asked, profiles: asked.profiles.map(adjust) };
  const run = describeRun(options, argv);
  const [plan] = planRun(options.profiles, options.targets, run.suites.includes('load')).profiles;
  if (plan === undefined) throw new Error('there is no profile');
  const watchdog = await startWatchdog({ onProgress: say });
  const record = await createRunFolder(
    join(repository, 'runs', `${run.id}-test-${process.pid}`),
    run,
  );
  const numbers = new Numbers();
  const service = await openService({
    profile: plan.profile,
    options,
    folder: record,
    numbers,
    watchdog,
    onProgress: say,
    signal: new AbortController().signal,
  });
  return {
    session: sessionFor(options, service, {
      plan,
      record,
      numbers,
      onProgress: () => undefined,
    }),
    async close() {
      await service[Symbol.asyncDispose]();
      await watchdog.close();
    },
  };
}
