import { join } from 'node:path';
import { createRunFolder } from '../../evidence/writer.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import { planRun } from '../../slo/judge/plan.ts';
import { usualLoad } from '../../slo/load-settings.ts';
import { usualClient } from '../../traffic/client.ts';
import { Numbers } from './numbers.ts';
import type { Session } from './session.ts';

/** For tests: a session with a service that nobody runs, and that gives neither counters nor faults. */
export async function bareSession(): Promise<Session> {
  const { run } = fixture('pass');
  const [plan] = planRun(run.profiles, null).profiles;
  if (plan === undefined) throw new Error('the run has no profile');
  return {
    plan,
    settings: usualLoad,
    client: usualClient,
    counters: { kind: 'none' },
    faults: [],
    url: 'http://127.0.0.1:9',
    address: 'http://127.0.0.1:9',
    api: 'score',
    model: 'm',
    checks: [],
    numbers: new Numbers(),
    record: await createRunFolder(join(scratch(), 'run'), run),
    load: () => Promise.reject(new Error('no load in this test')),
    onProgress: () => undefined,
  };
}
