import { BroadcastChannel } from 'node:worker_threads';
import { redactor, secretsOf } from '../../evidence/redact.ts';
import { openRunFolder, type RunFolder } from '../../evidence/writer.ts';
import { type FirstScrape, recordSeries, scrapeFirst } from '../../fixtures/prometheus-series.ts';
import { journalId, journalLabel, journalVariable, registerProcessGroup } from '../../fixtures/runtime/journal.ts';
import { loadOf, type ProgressEvent, progressChannel, type Session } from '../../fixtures/session.ts';
import { k6Load } from '../../fixtures/traffic/k6.ts';
import type { LoadPlan, LoadResult } from '../../fixtures/traffic/load-plan.ts';
import { undecidable } from '../../slo/judge/feasibility.ts';
import { type PlannedScenario, type ProfilePlan, timeoutMs } from '../../slo/judge/plan.ts';
import { createScenarioJudge, type ScenarioJudge } from '../../slo/judge/scenario.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { ObjectiveVerdict } from '../../slo/verdict.ts';

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
  const before = await scrapeFirst(session.counters);
  await note(folder, record);
  let ended: ScenarioRecord = record;
  try {
    const result = await load(session, planned, record, judge, folder, signal);
    ended = {
      ...record,
      endedAt: Date.now() - session.epochMs,
      stop: stopOf(result, record, judge, signal),
      client: result.client,
    };
    if (result.failure !== undefined) ended = { ...ended, failure: redact(result.failure) };
  } catch (error) {
    const failure = redact(error instanceof Error ? (error.stack ?? error.message) : String(error));
    await note(folder, { ...record, endedAt: Date.now() - session.epochMs, stop: 'client-failed', failure });
    throw error;
  } finally {
    folder.close();
  }
  await note(folder, ended);
  if (ended.stop !== 'interrupted') await recordCounters(session, ended, before, folder);
  return judge.finish(ended);
}

function secretsRedactor({ url, counters, headers }: Session): (text: string) => string {
  return redactor(secretsOf([url, counters.kind === 'none' ? '' : counters.url], headers));
}

function recordOf(session: Session, plan: ProfilePlan, { qualified, scenario }: PlannedScenario): ScenarioRecord {
  return {
    name: qualified,
    scenario,
    warmupMs: session.warmupMs,
    plannedMs: loadOf(session, scenario).plannedMs,
    minTimeMs: session.minTimeMs,
    timeoutMs: timeoutMs(plan.profile),
    startedAt: Date.now() - session.epochMs,
  };
}

/** Load is only sent if it can decide something. */
function canBeDecided({ objectives, scenario }: PlannedScenario, { minTimeMs, plannedMs }: ScenarioRecord): boolean {
  return undecidable(objectives, scenario, minTimeMs, plannedMs).length < objectives.length;
}

async function note(folder: RunFolder, record: ScenarioRecord): Promise<void> {
  const others = folder.run.scenarios.filter(({ name }) => name !== record.name);
  await folder.update({ scenarios: [...others, record] });
}

async function load(
  session: Session,
  planned: PlannedScenario,
  record: ScenarioRecord,
  judge: ScenarioJudge,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<LoadResult> {
  const enough = new AbortController();
  const started = performance.now();
  const { patienceMs } = loadOf(session, planned.scenario);
  using progress = new ProgressSender(record, patienceMs);
  const ticks = setInterval(() => {
    judge.clock(Date.now() - session.epochMs);
    const elapsedMs = performance.now() - started;
    // A budget that is no longer than the patience ends by itself, with every arrival that was due in it.
    const beyondPatience = patienceMs < record.plannedMs && elapsedMs - record.warmupMs > patienceMs;
    progress.send(elapsedMs, beyondPatience, judge);
    if (judge.decided || (beyondPatience && !judge.inSight)) enough.abort();
  }, tickMs);
  try {
    const { journal } = session;
    const run = k6Load(session.k6, {
      onSpawn: (pid) => registerProcessGroup(journal, pid),
      env: { [journalVariable]: journal },
      labels: { [journalLabel]: journalId(journal) },
    });
    return await run(
      loadPlan(session, planned, record),
      (event) => {
        if (event.kind === 'start') return judge.start(event.mark);
        folder.samples.write(event.sample);
        judge.end(event.sample);
      },
      AbortSignal.any([signal, enough.signal]),
    );
  } finally {
    clearInterval(ticks);
  }
}

function loadPlan(session: Session, { qualified, scenario }: PlannedScenario, record: ScenarioRecord): LoadPlan {
  const { url, headers, seed, epochMs, caFile, bodies } = session;
  const { api, model, payloads, arrivals } = scenario;
  const { warmupMs, plannedMs, timeoutMs: timeout } = record;
  return {
    ...{
      scenario: qualified,
      url,
      api,
      model,
      payloads,
      arrivals,
      warmupMs,
      plannedMs,
      timeoutMs: timeout,
      headers,
      seed,
      epochMs,
    },
    route: 'main',
    ...(caFile === undefined ? {} : { caFile }),
    ...(bodies === undefined ? {} : { bodies }),
  };
}

function stopOf(
  result: LoadResult,
  { scenario }: ScenarioRecord,
  judge: ScenarioJudge,
  signal: AbortSignal,
): NonNullable<ScenarioRecord['stop']> {
  if (result.stop === 'client-failed') return 'client-failed';
  if (result.stop === 'stopped') {
    if (judge.decided) return 'decided';
    return signal.aborted ? 'interrupted' : 'out-of-sight';
  }
  return scenario.durationSeconds === undefined ? 'budget' : 'documented-duration';
}

/** The server's own counters over the scenario, one scrape after the last answer included. */
async function recordCounters(
  session: Session,
  { name, startedAt }: ScenarioRecord,
  before: FirstScrape | undefined,
  folder: RunFolder,
): Promise<void> {
  const { counters, epochMs } = session;
  if (counters.kind === 'none') return;
  const redact = secretsRedactor(session);
  const series = await recordSeries(counters, { scenario: name, from: epochMs + startedAt, before });
  folder.writeSeries({ ...series, failure: series.failure === null ? null : redact(series.failure) });
}

class ProgressSender implements Disposable {
  readonly #channel = new BroadcastChannel(progressChannel);
  readonly #record: ScenarioRecord;
  readonly #patienceMs: number;
  #elapsedMs = 0;

  constructor(record: ScenarioRecord, patienceMs: number) {
    this.#record = record;
    this.#patienceMs = patienceMs;
  }

  send(elapsedMs: number, beyondPatience: boolean, judge: ScenarioJudge): void {
    const { name, warmupMs, plannedMs } = this.#record;
    this.#elapsedMs = elapsedMs;
    const judgedMs = elapsedMs - warmupMs;
    const event: ProgressEvent = {
      scenario: name,
      ...(judgedMs < 0
        ? { phase: 'warmup', elapsedMs, plannedMs: warmupMs }
        : { phase: 'judged', elapsedMs: judgedMs, plannedMs: beyondPatience ? plannedMs : this.#patienceMs }),
      beyondPatience,
      objectives: judge.progress().map(({ id, text }) => ({ id, state: text })),
    };
    this.#channel.postMessage(event);
  }

  [Symbol.dispose](): void {
    const { name: scenario, plannedMs } = this.#record;
    const event: ProgressEvent = {
      scenario,
      phase: 'ended',
      elapsedMs: this.#elapsedMs,
      plannedMs,
      beyondPatience: false,
      objectives: [],
    };
    this.#channel.postMessage(event);
    this.#channel.close();
  }
}
