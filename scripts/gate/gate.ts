import { redactor, secretsOf } from '../../evidence/redact.ts';
import type { Run } from '../../evidence/run.ts';
import { createFreeRunFolder, createRunFolder } from '../../evidence/writer.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { fromStanding } from '../../machine/standing.ts';
import { describeError } from '../../slo/errors.ts';
import { undecidable } from '../../slo/judge/feasibility.ts';
import { loadSuite, type ProfilePlan, planRun, timeoutMs } from '../../slo/judge/plan.ts';
import { plannedMs } from '../../slo/load-settings.ts';
import { suites } from '../../suites/catalogue.ts';
import { Numbers } from '../../suites/runner/numbers.ts';
import { runSuite } from '../../suites/runner/run.ts';
import type { TaskOutcome } from '../../suites/runner/task.ts';
import { mostOpen, openFilesWarning } from '../../traffic/open-files.ts';
import { secretsOnTheWay } from '../../traffic/proxy.ts';
import { endInterrupted, endNow, takeUncaught } from '../cli/command.ts';
import { Interruption } from '../cli/interruption.ts';
import { derive } from './derive.ts';
import { checkNamedTools } from './named-tools.ts';
import type { GateOptions } from './options.ts';
import { Progress } from './progress.ts';
import { addStepSummary, sayWhere, show, writeFiles } from './publish.ts';
import { describeRun } from './run-record.ts';
import { openService } from './service.ts';
import { checksFor, sessionFor } from './session.ts';

/** How long a run that an error of ours broke may take to its report. */
const brokenEndsWithinMs = 60_000;

/**
 * The main job: stack up, suites, verdicts, report. Returns the exit code. Throws only before anything was started
 * (`USAGE`, `EVIDENCE_WRITE_FAILED`); later failures are kept in the run folder and reported.
 */
export async function gate(options: GateOptions, argv: readonly string[]): Promise<number> {
  const run = describeRun(options, argv);
  const plans = plansOf(options, run);
  if (plans.length > 0) await checkNamedTools(options.service);
  const redact = redactor(secrets(options));
  using progress = new Progress(options.quiet, redact);
  using interruption = new Interruption({
    first: (name) =>
      progress.step(`${name}: ending, with a report of what was recorded (again to end at once)`),
    second: (name) =>
      endInterrupted(
        `${name} again ended it at once; npm run judge reports from what was recorded`,
      ),
  });
  const uncaught: string[] = [];
  using _uncaught = takeUncaught((error) => {
    if (uncaught.length > 0) return;
    uncaught.push(redact(describeError(error)));
    progress.step('An error of Tailgate itself: ending, with a report of what was recorded');
    interruption.end(new Error('an error that nobody caught'));
    // What the error broke may be what the end waits for.
    setTimeout(() => endNow(3), brokenEndsWithinMs).unref();
  });
  const { budgetMs, minTimeMs } = options.load;
  if (budgetMs < minTimeMs) {
    progress.step(
      `Nothing can pass with --budget ${budgetMs / 1000}s: a pass needs ${minTimeMs / 1000} s of load (--min-time). What is bad can still fail.`,
    );
  }
  for (const plan of plans) warnOfLimits(plan, options, progress);
  const folder = await (options.out === undefined
    ? createFreeRunFolder(fromStanding('runs'), run)
    : createRunFolder(fromStanding(options.out), run));
  const outcomes: TaskOutcome[] = [];
  const numbers = new Numbers();
  let failure: string | null = null;
  try {
    await using watchdog = await startWatchdog({ onProgress: progress.step });
    for (const plan of plans) {
      if (interruption.signal.aborted) break;
      const { profile } = plan;
      const { signal } = interruption;
      await using service = await openService({
        profile,
        options,
        folder,
        numbers,
        watchdog,
        onProgress: progress.step,
        signal,
      });
      const lent = sessionFor(options, service, {
        plan,
        numbers,
        record: folder,
        onProgress: progress.scenario,
        onTask: progress.task,
      });
      for (const suite of suites.filter(({ name }) => run.suites.includes(name)))
        outcomes.push(...(await runSuite(suite, lent, signal)));
      if (options.service.kind === 'reference-stack')
        progress.step(`${profile.id}: taking the stack down`);
    }
  } catch (error) {
    if (!interruption.signal.aborted) failure = describeError(error);
  }
  const crashes = outcomes.flatMap((outcome) =>
    outcome.end === 'crashed' && !outcome.onRecord ? outcome.why : [],
  );
  failure = uncaught[0] ?? (redact([failure ?? [], crashes].flat().join('\n')) || null);
  const interrupted = interruption.signal.aborted && uncaught.length === 0;
  const end = interrupted ? 'interrupted' : failure === null ? 'finished' : 'broken';
  const unsealed = await folder.seal({ end, failure }).then(
    () => [],
    (error: unknown) => [describeError(error)],
  );
  // An error that nobody caught from here on stands in no record.
  const known = uncaught.length;
  progress.step('Judging what was recorded');
  const derived = await derive(folder.dir, unsealed).catch((error: unknown) => {
    for (const problem of [...unsealed, failure ?? ''])
      if (problem !== '') process.stderr.write(`${problem}\n`);
    throw error;
  });
  const { verdicts } = derived;
  if (!options.quiet) show(verdicts);
  for (const problem of unsealed) process.stderr.write(`${problem}\n`);
  if ((options.quiet || unsealed.length > 0) && failure !== null)
    process.stderr.write(`${failure}\n`);
  const written = await writeFiles(derived, folder.dir);
  if (!options.quiet) sayWhere(written, folder.dir);
  addStepSummary(derived);
  return verdicts.exitCode !== 1 && uncaught.length > known ? 3 : verdicts.exitCode;
}

/** Profiles with nothing to do have all their targets listed as not run, and need no stack. */
function plansOf({ profiles, targets }: GateOptions, run: Run): ProfilePlan[] {
  return planRun(profiles, targets, run.suites.includes(loadSuite)).profiles.filter(
    ({ profile, scenarios }) => scenarios.length > 0 || checksFor(profile.id, run).length > 0,
  );
}

function secrets({ client, service }: GateOptions): string[] {
  if (service.kind === 'reference-stack') return secretsOf(client.headers, undefined);
  return secretsOnTheWay(service.url, client.headers, service.metrics);
}

/** Says before any load what this machine cannot bear, and names each objective that the budget cannot decide with the one it would need. */
function warnOfLimits(
  { profile, scenarios }: ProfilePlan,
  options: GateOptions,
  progress: Progress,
): void {
  for (const { objectives, scenario } of scenarios) {
    const tooMany = openFilesWarning(mostOpen(scenario.arrivals, timeoutMs(profile)));
    if (tooMany !== undefined) progress.step(tooMany);
    const planned = plannedMs(options.load, scenario);
    for (const { id, neededMs } of undecidable(
      objectives,
      scenario,
      options.load.minTimeMs,
      planned,
    )) {
      progress.step(
        `${id} cannot be decided with ${planned / 1000} s of load: it needs --budget ${Math.ceil(neededMs / 1000)}s or more.`,
      );
    }
  }
}
