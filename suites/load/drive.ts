import { BroadcastChannel } from 'node:worker_threads';
import { redactor, secretsOf } from '../../evidence/redact.ts';
import { openRunFolder, type RunFolder } from '../../evidence/writer.ts';
import { type FirstScrape, recordSeries, scrapeFirst } from '../../fixtures/prometheus-series.ts';
import { journalId, journalLabel, journalVariable, registerProcessGroup } from '../../fixtures/runtime/journal.ts';
import { type ProgressEvent, plannedMs, progressChannel, type Session } from '../../fixtures/session.ts';
import { k6Load } from '../../fixtures/traffic/k6.ts';
import type { LoadPlan, LoadResult } from '../../fixtures/traffic/load-plan.ts';
import { proxyFor, secretsOfProxy } from '../../fixtures/traffic/proxy.ts';
import { undecidable } from '../../slo/judge/feasibility.ts';
import { type PlannedScenario, type ProfilePlan, timeoutMs } from '../../slo/judge/plan.ts';
import { createScenarioJudge, type ScenarioJudge } from '../../slo/judge/scenario.ts';
import type { Sample } from '../../slo/sample.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { ObjectiveVerdict } from '../../slo/verdict.ts';
import { LoadFaults } from './load-faults.ts';

/** How often the judge is told the time, and the terminal how far things are. */
const tickMs = 250;

/**
 * Drives one scenario until everything is decided, the budget is used up or `signal` aborts. Samples go straight to the run folder;
 * whatever happens, the folder's record of the scenario says how it ended.
 */
export async function drive(
  session: Session,
  plan: ProfilePlan,
  planned: PlannedScenario,
  signal: AbortSignal,
): Promise<ObjectiveVerdict[]> {
  const folder = openRunFolder(session.runFolder);
  const redact = secretsRedactor(session);
  const record = recordOf(session, plan, planned);
  const judge = createScenarioJudge({ record, objectives: planned.objectives, alphaFail: plan.alphaFail });
  if (!canBeDecided(planned, record)) {
    await note(folder, { ...record, stop: 'not-started', failure: 'the budget can decide none of its objectives' });
    return judge.finish({ ...record, stop: 'not-started' });
  }
  const before = await scrapeFirst(session.counters, session.client);
  const broken = new AbortController();
  // Written as they are switched, so that a run that is killed says what was on.
  const faults = new LoadFaults(session, {
    onSwitch: () => void note(folder, { ...record, ...withFaults() }).catch(() => broken.abort()),
    onFailure: () => broken.abort(),
  });
  const withFaults = () => (faults.switched.length === 0 ? {} : { faults: faults.switched });
  await note(folder, { ...record, ...withFaults() });
  let ended: ScenarioRecord = record;
  try {
    const { result, enough } = await load(
      session,
      planned,
      record,
      { judge, faults, folder, redact },
      AbortSignal.any([signal, broken.signal]),
    );
    ended = {
      ...record,
      endedAt: Date.now() - session.epochMs,
      stop: stopOf(result, record, enough),
      client: result.client,
    };
    if (result.failure !== undefined) ended = { ...ended, failure: redact(result.failure) };
    await faults.end();
    ended = { ...ended, ...withFaults() };
  } catch (error) {
    const failure = redact(error instanceof Error ? (error.stack ?? error.message) : String(error));
    await note(folder, { ...record, ...withFaults(), endedAt: Date.now() - session.epochMs, stop: 'client-failed', failure });
    throw error;
  } finally {
    folder.close();
  }
  await note(folder, ended);
  if (ended.stop !== 'interrupted') await recordCounters(session, ended, before, folder, redact);
  return judge.finish(ended);
}

type Redact = (text: string) => string;

function secretsRedactor({ url, counters, client, faultAdmin }: Session): Redact {
  const secrets = [
    ...secretsOf(client.headers, counters.kind === 'none' ? undefined : counters),
    ...secretsOfProxy(proxyFor(new URL(url), process.env)),
    ...(faultAdmin === undefined ? [] : [faultAdmin.token]),
  ];
  return redactor(secrets, { foreign: true });
}

function recordOf(session: Session, plan: ProfilePlan, { qualified, scenario }: PlannedScenario): ScenarioRecord {
  return {
    name: qualified,
    scenario,
    warmupMs: session.warmupMs,
    plannedMs: plannedMs(session, scenario),
    minTimeMs: session.minTimeMs,
    timeoutMs: timeoutMs(plan.profile),
    startedAt: Date.now() - session.epochMs,
  };
}

/** Load is only sent if it can decide something. */
function canBeDecided({ objectives, scenario }: PlannedScenario, record: ScenarioRecord): boolean {
  return undecidable(objectives, scenario, record.minTimeMs, record.plannedMs).length < objectives.length;
}

async function note(folder: RunFolder, record: ScenarioRecord): Promise<void> {
  const others = folder.run.scenarios.filter(({ name }) => name !== record.name);
  await folder.update({ scenarios: [...others, record] });
}

/** What others said is cut only when secrets are out of it: half a secret would not be found. */
const mostKeptOfError = 200;

/** A sample without what the service, or the network, repeated of our secrets. */
function withoutSecrets(sample: Sample, redact: Redact): Sample {
  const { error, replica, modelVersion } = sample;
  return {
    ...sample,
    ...(error === undefined ? {} : { error: redact(error).slice(0, mostKeptOfError) }),
    ...(replica === undefined ? {} : { replica: redact(replica) }),
    ...(modelVersion === undefined ? {} : { modelVersion: redact(modelVersion) }),
  };
}

/** What watches the load, or keeps it. */
interface Watching {
  judge: ScenarioJudge;
  faults: LoadFaults;
  folder: RunFolder;
  redact: Redact;
}

/** Drives the load until it ends by itself, `signal` aborts or the judge has enough, and says why it had. */
async function load(
  session: Session,
  planned: PlannedScenario,
  record: ScenarioRecord,
  { judge, faults, folder, redact }: Watching,
  signal: AbortSignal,
): Promise<{ result: LoadResult; enough: ReturnType<ScenarioJudge['mayStop']> }> {
  const stop = new AbortController();
  const started = performance.now();
  let enough: ReturnType<ScenarioJudge['mayStop']>;
  using progress = new ProgressSender(record);
  const ticks = setInterval(() => {
    enough ??= judge.mayStop(Date.now() - session.epochMs);
    progress.send(performance.now() - started, judge);
    if (enough !== undefined) stop.abort();
  }, tickMs);
  try {
    const { journal } = session;
    const run = k6Load(session.k6, {
      onSpawn: (pid) => registerProcessGroup(journal, pid),
      env: { [journalVariable]: journal },
      labels: { [journalLabel]: journalId(journal) },
    });
    const result = await run(
      loadPlan(session, planned, record),
      (event) => {
        if (event.kind === 'start') {
          faults.begin(event.mark.intendedStart);
          return judge.start(event.mark);
        }
        folder.samples.write(withoutSecrets(event.sample, redact));
        judge.end(event.sample);
      },
      AbortSignal.any([signal, stop.signal]),
    );
    return { result, enough };
  } finally {
    clearInterval(ticks);
  }
}

function loadPlan(session: Session, { qualified, scenario }: PlannedScenario, record: ScenarioRecord): LoadPlan {
  const { url, client, seed, epochMs, bodies } = session;
  const { api, model, payloads, arrivals } = scenario;
  const { warmupMs, timeoutMs: timeout } = record;
  return {
    ...{
      scenario: qualified,
      url,
      api,
      model,
      payloads,
      arrivals,
      warmupMs,
      plannedMs: record.plannedMs,
      timeoutMs: timeout,
      seed,
      epochMs,
    },
    ...client,
    route: 'main',
    ...(bodies === undefined ? {} : { bodies }),
  };
}

function stopOf(
  result: LoadResult,
  { scenario }: ScenarioRecord,
  enough: ReturnType<ScenarioJudge['mayStop']>,
): NonNullable<ScenarioRecord['stop']> {
  if (result.stop === 'client-failed') return 'client-failed';
  if (result.stop === 'stopped') return enough ?? 'interrupted';
  return scenario.durationSeconds === undefined ? 'budget' : 'documented-duration';
}

/** The server's own counters over the scenario, one scrape after the last answer included. */
async function recordCounters(
  session: Session,
  { name, startedAt }: ScenarioRecord,
  before: FirstScrape | undefined,
  folder: RunFolder,
  redact: Redact,
): Promise<void> {
  const { counters, client, epochMs } = session;
  if (counters.kind === 'none') return;
  const series = await recordSeries(counters, client, { scenario: name, from: epochMs + startedAt, before });
  folder.writeSeries({ ...series, failure: series.failure === null ? null : redact(series.failure) });
}

class ProgressSender implements Disposable {
  readonly #channel = new BroadcastChannel(progressChannel);
  readonly #record: ScenarioRecord;
  #elapsedMs = 0;

  constructor(record: ScenarioRecord) {
    this.#record = record;
  }

  send(elapsedMs: number, judge: ScenarioJudge): void {
    const { name: scenario, warmupMs, plannedMs: planned } = this.#record;
    this.#elapsedMs = elapsedMs;
    const judgedMs = elapsedMs - warmupMs;
    const phase =
      judgedMs < 0
        ? ({ phase: 'warmup', elapsedMs, plannedMs: warmupMs } as const)
        : ({ phase: 'judged', elapsedMs: judgedMs, plannedMs: planned } as const);
    this.#post({ scenario, ...phase, objectives: judge.progress() });
  }

  [Symbol.dispose](): void {
    const { name: scenario, plannedMs: planned } = this.#record;
    this.#post({ scenario, phase: 'ended', elapsedMs: this.#elapsedMs, plannedMs: planned, objectives: [] });
    this.#channel.close();
  }

  #post(event: ProgressEvent): void {
    this.#channel.postMessage(event);
  }
}
