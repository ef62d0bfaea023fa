import { type FirstScrape, scrapeFirst } from '../../evidence/metrics-url.ts';
import { recordSeries, scrapeWithinMs } from '../../evidence/prometheus-series.ts';
import type { RunFolder } from '../../evidence/writer.ts';
import { describeError } from '../../slo/errors.ts';
import { undecidable } from '../../slo/judge/feasibility.ts';
import { type PlannedScenario, timeoutMs } from '../../slo/judge/plan.ts';
import {
  createScenarioJudge,
  type ScenarioJudge,
  type StopReason,
} from '../../slo/judge/scenario.ts';
import { plannedMs } from '../../slo/load-settings.ts';
import type { Sample } from '../../slo/sample.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { Stop } from '../../slo/verdict.ts';
import type { LoadResult, LoadSpec } from '../../traffic/load-spec.ts';
import { fetchAs } from '../../traffic/node-client.ts';
import { now, type Session, secretsRedactor } from '../runner/session.ts';
import { LoadFaults } from './load-faults.ts';
import { ScenarioReporter } from './progress.ts';

/** How often the judge is told the time. */
const tickMs = 250;

/**
 * Drives one scenario until everything is decided, the budget is used up or `signal` aborts. Samples go straight to the run folder;
 * whatever happens, the folder's record of the scenario says how it ended. Only that record is judged.
 */
export async function drive(
  session: Session,
  planned: PlannedScenario,
  signal: AbortSignal,
): Promise<void> {
  const { record: folder, counters, client } = session;
  const record = recordOf(session, planned);
  if (!canBeDecided(planned, record)) {
    return note(folder, {
      ...record,
      stop: 'not-started',
      failure: 'the budget can decide none of its objectives',
    });
  }
  const redact = secretsRedactor(session);
  const before = await scrapeFirst(counters, fetchAs(client), signal);
  // Nothing was sent yet, and nothing is noted as if it had been.
  if (signal.aborted) return;
  const broken = new AbortController();
  // Written as they are switched, so that a run that is killed says what was on.
  const faults = new LoadFaults(session, {
    onSwitch: () => void note(folder, { ...record, ...withFaults() }).catch(() => broken.abort()),
    onFailure: () => broken.abort(),
  });
  const withFaults = () => (faults.switched.length === 0 ? {} : { faults: faults.switched });
  await note(folder, { ...record, ...withFaults() });
  const stopped = AbortSignal.any([signal, broken.signal]);
  const { alphaFail } = session.plan;
  const judge = createScenarioJudge({ record, objectives: planned.objectives, alphaFail });
  using progress = new ScenarioReporter(record, judge, session.onProgress);
  let end: Awaited<ReturnType<typeof load>> & { endedAt: number };
  try {
    end = {
      ...(await load(session, planned, record, { faults, redact, judge, progress }, stopped)),
      endedAt: now(session),
    };
    await faults.end();
  } catch (error) {
    const [failure = ''] = redact(describeError(error)).split('\n');
    progress.ended('client-failed');
    await note(folder, {
      ...record,
      ...withFaults(),
      endedAt: now(session),
      stop: 'client-failed',
      failure,
    });
    throw error;
  }
  progress.ended(end.stop);
  await note(folder, { ...record, ...end, ...withFaults() });
  if (end.stop === 'interrupted' || counters.kind === 'none') return;
  progress.begin({ countersWithinMs: scrapeWithinMs(counters) });
  await recordCounters(session, record, before, redact, signal);
}

type Redact = (text: string) => string;

function recordOf(session: Session, { qualified, scenario }: PlannedScenario): ScenarioRecord {
  const { settings, plan } = session;
  return {
    name: qualified,
    scenario,
    warmupMs: settings.warmupMs,
    plannedMs: plannedMs(settings, scenario),
    minTimeMs: settings.minTimeMs,
    timeoutMs: timeoutMs(plan.profile),
    startedAt: now(session),
  };
}

/** Load is only sent if it can decide something. */
function canBeDecided({ objectives, scenario }: PlannedScenario, record: ScenarioRecord): boolean {
  return (
    undecidable(objectives, scenario, record.minTimeMs, record.plannedMs).length < objectives.length
  );
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

/** What one load is handed. */
interface Load {
  faults: LoadFaults;
  redact: Redact;
  judge: ScenarioJudge;
  progress: ScenarioReporter;
}

/** Sends the load until it ends by itself, `signal` aborts or the judge has enough, and says how it ended. */
async function load(
  session: Session,
  planned: PlannedScenario,
  record: ScenarioRecord,
  { faults, redact, judge, progress }: Load,
  signal: AbortSignal,
): Promise<Pick<ScenarioRecord, 'client' | 'failure'> & { stop: Stop }> {
  const { record: folder } = session;
  const stop = new AbortController();
  const look = () => {
    const enough = judge.mayStop(now(session));
    if (enough !== undefined) stop.abort(enough);
    if (signal.aborted || stop.signal.aborted) progress.begin('last-answers');
  };
  const ticks = setInterval(look, tickMs);
  try {
    const result = await session.load(
      loadPlan(session, planned, record),
      (event) => {
        if (event.kind === 'start') {
          progress.begin('flowing');
          faults.begin(event.mark.intendedStart);
          return judge.start(event.mark);
        }
        folder.samples.write(withoutSecrets(event.sample, redact));
        judge.end(event.sample);
      },
      AbortSignal.any([signal, stop.signal]),
    );
    const failure =
      result.failure === undefined ? {} : { failure: `TRAFFIC_FAILED: ${redact(result.failure)}` };
    return { stop: stopOf(result, record, stop.signal.reason), client: result.client, ...failure };
  } finally {
    clearInterval(ticks);
  }
}

function loadPlan(
  session: Session,
  { qualified, scenario }: PlannedScenario,
  record: ScenarioRecord,
): LoadSpec {
  const { url, client, settings, bodies } = session;
  return {
    ...client,
    ...scenario,
    ...record,
    scenario: qualified,
    url,
    seed: settings.seed,
    epochMs: session.record.run.epochMs,
    route: 'main',
    ...(bodies === undefined ? {} : { bodies }),
  };
}

function stopOf(
  result: LoadResult,
  { scenario }: ScenarioRecord,
  enough: StopReason | undefined,
): Stop {
  if (result.end === 'failed') return 'client-failed';
  if (result.end === 'stopped') return enough ?? 'interrupted';
  return scenario.durationSeconds === undefined ? 'budget' : 'documented-duration';
}

/** The server's own counters over the scenario, one scrape after the last answer included. */
async function recordCounters(
  session: Session,
  { name, startedAt }: ScenarioRecord,
  before: FirstScrape | undefined,
  redact: Redact,
  signal: AbortSignal,
): Promise<void> {
  const { counters, client, record: folder } = session;
  if (counters.kind === 'none') return;
  const from = folder.run.epochMs + startedAt;
  const series = await recordSeries(
    counters,
    fetchAs(client),
    { scenario: name, from, before },
    signal,
  );
  folder.writeSeries({
    ...series,
    failure: series.failure === null ? null : redact(series.failure),
  });
}
