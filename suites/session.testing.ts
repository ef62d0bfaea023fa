import { join } from 'node:path';
import { type Run, runFiles, runSchemaVersion } from '../evidence/run.ts';
import { createRunFolder } from '../evidence/writer.ts';
import { openReferenceStack } from '../fixtures/reference-service.ts';
import { startWatchdog } from '../fixtures/runtime/watchdog.ts';
import { hostFacts, repository, tailgateVersion, timeStamp } from '../machine/facts.ts';
import { mlopsAks } from '../profiles/mlops-aks.ts';
import { planRun } from '../slo/judge/plan.ts';
import { type LoadSettings, usualLoad } from '../slo/load-settings.ts';
import { usualClient } from '../traffic/client.ts';
import type { Session } from './session.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * As tests the suites run in a short form: what a service does less often than every second may not show in it, and AK-SLO-4, which takes
 * two minutes of load, is left to the gate.
 */
const shortLoad: LoadSettings = { ...usualLoad, budgetMs: 60_000, rampMs: 10_000, minTimeMs: 10_000, warmupMs: 2_000 };
const targets = ['AK-SLO-1', 'AK-SLO-2', 'AK-SLO-3', 'AK-SLO-5'];

/** For tests: the reference stack, brought up for the suites, with a run folder of their own. */
export async function openSession(): Promise<{ session: Session; close(): Promise<void> }> {
  const profile = mlopsAks;
  const [plan] = planRun([profile], targets).profiles;
  if (plan === undefined || profile.system === undefined) throw new Error(`${profile.id} has nothing to drive`);
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
    load: shortLoad,
    client: { requestsPerConnection: usualClient.requestsPerConnection, redirects: usualClient.redirects, proxy: null },
    scenarios: [],
    service: { kind: 'reference-stack', runtime: 'processes', faults: [], parts: [] },
  };
  const watchdog = await startWatchdog({ onProgress: say });
  const record = await createRunFolder(join(repository, 'runs', run.id), run);
  const service = await openReferenceStack({
    system: profile.system,
    runtime: 'auto',
    seed: shortLoad.seed,
    watchdog,
    onProgress: say,
    signal: new AbortController().signal,
    logFolder: join(record.dir, runFiles.logs),
  });
  say(
    `The suites in their short form: ${targets.join(', ')} with ${shortLoad.minTimeMs / 1000} s of load at least; a gate decides AK-SLO-4 too, and loads a minute at least. Evidence: ${record.dir}`,
  );
  return {
    session: { ...service, plan, settings: shortLoad, record, client: usualClient, faults: [], onProgress: () => undefined },
    async close() {
      await service[Symbol.asyncDispose]();
      await watchdog.close();
    },
  };
}
