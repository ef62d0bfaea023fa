import { join } from 'node:path';
import type { Run } from '../evidence/run.ts';
import { runFiles } from '../evidence/run.ts';
import { createRunFolder } from '../evidence/writer.ts';
import { hostFacts, repository, tailgateVersion, timeStamp } from '../fixtures/facts.ts';
import { openReferencePlace } from '../fixtures/reference-place.ts';
import { startWatchdog } from '../fixtures/runtime/watchdog.ts';
import { type Session, usualLoad } from '../fixtures/session.ts';
import { usualClient } from '../fixtures/traffic/client.ts';
import { planRun } from '../slo/judge/plan.ts';
import { mlopsAks } from '../slo/profiles/mlops-aks.ts';

const onProgress = (line: string) => process.stderr.write(`${line}\n`);
const seed = 1;

/** As tests the suites run in a short form: what a service does less often than every two seconds may not show in it. */
const shortLoad = { budgetMs: 120_000, rampMs: 20_000, minTimeMs: 20_000 } as const;

export interface OpenSession {
  session: Session;
  close(): Promise<void>;
}

/**
 * The gate provides the session of its own stack. When the suites run without it (`npm test`), this brings up the reference stack
 * and a run folder for them; Vitest's report is all that they give then.
 */
export async function openSession(provided: Session | undefined): Promise<OpenSession> {
  return provided === undefined ? openOwnSession() : { session: provided, close: async () => undefined };
}

async function openOwnSession(): Promise<OpenSession> {
  const profile = mlopsAks;
  const [plan] = planRun([profile], null).profiles;
  if (plan === undefined || profile.system === undefined) throw new Error(`${profile.id} has nothing to drive`);
  const now = new Date();
  const run: Run = {
    ...{
      schemaVersion: 2,
      id: `${timeStamp(now)}-suites`,
      tailgate: tailgateVersion(),
      epoch: now.toISOString(),
      epochMs: now.getTime(),
      seed,
    },
    ...{ host: hostFacts(), argv: [], profiles: [profile], only: null, scenarios: [] },
    ...{ budgetMs: shortLoad.budgetMs },
    target: { kind: 'reference-stack', runtime: 'processes', faults: [], parts: [] },
  };
  const watchdog = await startWatchdog({ onProgress });
  const folder = await createRunFolder(join(repository, 'runs', run.id), run);
  const place = await openReferencePlace({
    ...{ system: profile.system, runtime: 'auto', seed, watchdog, onProgress, signal: new AbortController().signal },
    logFolder: join(folder.dir, runFiles.logs),
  });
  const { url, counters, k6, faultAdmin } = place;
  const facts = { runFolder: folder.dir, epochMs: run.epochMs, journal: watchdog.journal };
  const limits = { alphaFail: plan.alphaFail, seed, warmupMs: usualLoad.warmupMs, ...shortLoad };
  onProgress(
    `The suites in their short form: ${shortLoad.minTimeMs / 1000} s of load at least, a minute in a gate. Evidence: ${folder.dir}`,
  );
  return {
    session: {
      ...facts,
      ...limits,
      profile,
      only: null,
      url,
      counters,
      k6,
      client: usualClient,
      faults: [],
      ...(faultAdmin && { faultAdmin }),
    },
    async close() {
      await place[Symbol.asyncDispose]();
      await watchdog.close();
    },
  };
}
