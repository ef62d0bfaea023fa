import { join } from 'node:path';
import { type Run, runFiles, runSchemaVersion } from '../../evidence/run.ts';
import { createRunFolder } from '../../evidence/writer.ts';
import { openReferenceStack } from '../../fixtures/reference-service.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { usualTopology } from '../../fixtures/topology.ts';
import { hostFacts, repository, tailgateVersion, timeStamp } from '../../machine/facts.ts';
import { isLong } from '../../machine/test-form.testing.ts';
import { mlopsAks } from '../../profiles/mlops-aks.ts';
import { planRun } from '../../slo/judge/plan.ts';
import { type LoadSettings, usualLoad } from '../../slo/load-settings.ts';
import type { Profile } from '../../slo/profile.ts';
import { usualClient } from '../../traffic/client.ts';
import { Numbers } from './numbers.ts';
import type { Session } from './session.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/** As tests the suites run in a short form: what a service does less often than every second may not show in it. */
const shortForm = {
  load: { ...usualLoad, budgetMs: 60_000, rampMs: 10_000, minTimeMs: 10_000, warmupMs: 2_000 },
  // AK-SLO-4 takes two minutes of load.
  targets: ['AK-SLO-1', 'AK-SLO-2', 'AK-SLO-3', 'AK-SLO-5'],
};
const { load: settings, targets }: { load: LoadSettings; targets: string[] | null } = isLong
  ? { load: usualLoad, targets: null }
  : shortForm;

/** For tests: the reference stack, brought up for the suites, with a run folder of their own. */
export async function openSession(): Promise<{ session: Session; close(): Promise<void> }> {
  const profile = isLong ? mlopsAks : slowly(mlopsAks);
  const [plan] = planRun([profile], targets).profiles;
  if (plan === undefined) throw new Error(`${profile.id} has nothing to drive`);
  const now = new Date();
  const run: Run = {
    schemaVersion: runSchemaVersion,
    id: `${timeStamp(now)}-suites`,
    tailgate: tailgateVersion(),
    epoch: now.toISOString(),
    epochMs: now.getTime(),
    host: hostFacts(),
    argv: [],
    profiles: [profile],
    targets,
    suites: ['load'],
    checks: [],
    load: settings,
    client: {
      requestsPerConnection: usualClient.requestsPerConnection,
      redirects: usualClient.redirects,
      proxy: null,
    },
    scenarios: [],
    service: { kind: 'reference-stack', runtime: null, faults: [], parts: [] },
  };
  const watchdog = await startWatchdog({ onProgress: say });
  const record = await createRunFolder(join(repository, 'runs', run.id), run);
  const service = await openReferenceStack({
    system: 'mlops-aks',
    topology: usualTopology(),
    withLoad: true,
    note: () => undefined,
    runtime: 'auto',
    seed: settings.seed,
    watchdog,
    onProgress: say,
    signal: new AbortController().signal,
    logFolder: join(record.dir, runFiles.logs),
    onStarted: (started) =>
      record.update({ service: { kind: 'reference-stack', faults: [], ...started } }),
  });
  say(
    isLong
      ? `The suites in their long form. Evidence: ${record.dir}`
      : `The suites in their short form: ${shortForm.targets.join(', ')} with ${settings.minTimeMs / 1000} s of load at least, at a third of the rate. npm run test:all decides AK-SLO-4 too, with a minute. Evidence: ${record.dir}`,
  );
  return {
    session: {
      ...service,
      api: 'score',
      model: 'diabetes-classifier',
      checks: [],
      numbers: new Numbers(),
      plan,
      settings,
      record,
      client: usualClient,
      faults: [],
      onProgress: () => undefined,
    },
    async close() {
      await service[Symbol.asyncDispose]();
      await watchdog.close();
    },
  };
}

/** The same scenarios with a third of their requests, so that little else on this machine makes any of them late. */
function slowly(profile: Profile): Profile {
  const scenarios = Object.entries(profile.scenarios).map(([name, scenario]) => {
    const { arrivals } = scenario;
    if (!('perSecond' in arrivals)) return [name, scenario];
    return [name, { ...scenario, arrivals: { ...arrivals, perSecond: arrivals.perSecond / 3 } }];
  });
  return { ...profile, scenarios: Object.fromEntries(scenarios) };
}
