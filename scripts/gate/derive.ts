import { openRun } from '../../evidence/reader.ts';
import type { Run } from '../../evidence/run.ts';
import { Endings } from '../../slo/endings.ts';
import { CheckRecords } from '../../slo/judge/checks.ts';
import { exitCode, judgeRun } from '../../slo/judge/run.ts';
import { AnswerCounts, spreadOf } from '../../slo/reconcile.ts';
import type { Sample } from '../../slo/sample.ts';
import type {
  CheckVerdict,
  Reconciliation,
  RunVerdicts,
  TargetVerdict,
} from '../../slo/verdict.ts';
import { endedWords } from './ended-parts.ts';
import { brokenReconciliation, countsAgree, reconcileScenarios } from './reconciliation.ts';

/** What the evidence of a run folder gives, with what is needed to report it. */
export interface Derived {
  run: Run;
  verdicts: RunVerdicts;
  samples: () => AsyncIterable<Sample>;
}

/**
 * Derives the verdicts from a run folder's evidence alone, and writes nothing. A pure function of the folder, so a second time gives the
 * same. Evidence that differs from its seal makes every decision invalid. `problems`: what broke when the evidence was sealed, of which it
 * cannot tell itself.
 */
export async function derive(folder: string, problems: readonly string[] = []): Promise<Derived> {
  const evidence = await openRun(folder);
  const { run } = evidence;
  const { altered, ...verification } = await evidence.verify();
  // Why a run could not be sealed is known where it was.
  const unsealed = !verification.sealed && problems.length > 0;
  const warnings = unsealed
    ? []
    : verification.warnings.map((warning) => (altered ? `EVIDENCE_ALTERED: ${warning}` : warning));
  const counts = new AnswerCounts();
  const endings = new Map(run.scenarios.map(({ name }) => [name, new Endings()]));
  let reconciliation: Reconciliation[] = [];
  const judged = await judgeRun({
    ...run,
    day: run.epoch.slice(0, 10),
    samples: counted(evidence.samples(), counts, endings),
    async seen() {
      const kept = new Set<number>();
      for await (const { exchange } of evidence.exchanges()) kept.add(exchange);
      const records = new CheckRecords(kept);
      for await (const event of evidence.checks()) records.add(event);
      reconciliation = reconcileScenarios(folder, run, counts);
      for (const { id } of run.profiles)
        records.set(id, 'counts-agree', {}, countsAgree(id, run, reconciliation));
      return records;
    },
  });
  const profiles = run.profiles.map(({ id, title, document, conflicts }, at) => {
    const { targets = [], checks = [], leftOut = [] } = judged[at] ?? {};
    return {
      id,
      title,
      document,
      targets: altered ? targets.map(distrusted) : targets,
      checks: altered ? checks.map(distrustedCheck) : checks,
      leftOut,
      conflicts,
    };
  });
  const ended: string[] = [];
  for await (const event of evidence.history()) ended.push(...endedWords(event, run));
  const broken = [...brokenReconciliation(run, reconciliation), ...problems];
  const end = run.sealed?.end ?? 'killed';
  // A scenario is noted before its first request is sent.
  const wasLoaded = run.scenarios.some(({ stop }) => stop !== 'not-started');
  const endedUnloaded = !wasLoaded && end !== 'finished';
  // What was measured may be enough for a failure, and for nothing else.
  const lostClient = run.scenarios.some(({ stop }) => stop === 'client-failed');
  const isBroken = broken.length > 0 || end === 'broken' || endedUnloaded || lostClient;
  const verdicts: RunVerdicts = {
    schemaVersion: 3,
    run: run.id,
    exitCode: exitCode({
      targets: profiles.flatMap(({ targets }) => targets),
      checks: profiles.flatMap(({ checks }) => checks),
      asked: run.targets,
      harness: isBroken ? 'broken' : 'sound',
    }),
    simulated: run.service.kind === 'reference-stack',
    profiles,
    reconciliation,
    spread: run.scenarios
      .filter(({ stop }) => stop !== 'not-started')
      .map(({ name }) => spreadOf(name, counts.of(name).client)),
    failures: [...endings]
      .map(([name, one]) => one.failures(name))
      .filter(({ failed }) => failed > 0),
    warnings: [
      ...(run.sealed?.failure ? [run.sealed.failure] : []),
      ...(endedUnloaded && end === 'interrupted'
        ? ['INTERRUPTED: the run was ended by a signal before any load.']
        : []),
      ...warnings,
      ...evidence.warnings,
      ...idleFaults(run),
      ...ended,
      ...broken,
    ],
  };
  return { run, verdicts, samples: evidence.samples };
}

/** Faults that were asked for at a time that the load did not come to: such a run does not show what they do. */
function idleFaults({ service, scenarios }: Run): string[] {
  const asked = service.kind === 'reference-stack' ? service.faults : [];
  const switched = new Set(scenarios.flatMap(({ faults = [] }) => faults.map(({ text }) => text)));
  if (scenarios.length === 0) return [];
  return asked
    .filter((text) => !switched.has(text))
    .map(
      (text) =>
        `The fault "${text}" was never on: the load ended before. --min-time makes it last longer.`,
    );
}

function distrusted(target: TargetVerdict): TargetVerdict {
  if (target.decision === 'not-run') return target;
  return { ...target, decision: 'invalid', reason: { code: 'evidence-altered' } };
}

function distrustedCheck(check: CheckVerdict): CheckVerdict {
  return { ...check, decision: 'invalid', reason: { code: 'evidence-altered' } };
}

async function* counted(
  samples: AsyncIterable<Sample>,
  counts: AnswerCounts,
  endings: ReadonlyMap<string, Endings>,
): AsyncGenerator<Sample> {
  for await (const sample of samples) {
    counts.add(sample);
    endings.get(sample.scenario)?.add(sample);
    yield sample;
  }
}
