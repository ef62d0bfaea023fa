import { openRun } from '../../evidence/reader.ts';
import type { Run } from '../../evidence/run.ts';
import { exitCode, judgeRun } from '../../slo/judge/run.ts';
import { AnswerCounts, spreadOf } from '../../slo/reconcile.ts';
import type { Sample } from '../../slo/sample.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import { applyReconciliation, brokenReconciliation, reconcileScenarios } from './reconciliation.ts';

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
  const judged = await judgeRun({
    profiles: run.profiles,
    targets: run.targets,
    scenarios: run.scenarios,
    samples: counted(evidence.samples(), counts),
  });
  const reconciliation = reconcileScenarios(folder, run, counts);
  const profiles = run.profiles.map((profile, at) => {
    const targets = applyReconciliation(
      profile,
      judged[at]?.targets ?? [],
      reconciliation,
      run.targets,
    );
    return {
      id: profile.id,
      title: profile.title,
      document: profile.document,
      targets: altered ? targets.map(distrusted) : targets,
      conflicts: profile.conflicts,
    };
  });
  const broken = [...brokenReconciliation(run, reconciliation), ...problems];
  const end = run.sealed?.end ?? 'killed';
  // A scenario is noted before its first request is sent.
  const wasLoaded = run.scenarios.some(({ stop }) => stop !== 'not-started');
  const endedUnloaded = !wasLoaded && end !== 'finished';
  const verdicts: RunVerdicts = {
    schemaVersion: 3,
    run: run.id,
    exitCode: exitCode(
      profiles.flatMap(({ targets }) => targets),
      run.targets,
      broken.length > 0 || end === 'broken' || endedUnloaded ? 'broken' : 'sound',
    ),
    simulated: run.service.kind === 'reference-stack',
    profiles,
    reconciliation,
    spread: run.scenarios
      .filter(({ stop }) => stop !== 'not-started')
      .map(({ name }) => spreadOf(name, counts.of(name).client)),
    warnings: [
      ...(run.sealed?.failure ? [run.sealed.failure] : []),
      ...(endedUnloaded && end === 'interrupted'
        ? ['INTERRUPTED: the run was ended by a signal before any load.']
        : []),
      ...warnings,
      ...evidence.warnings,
      ...idleFaults(run),
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

type TargetVerdict = RunVerdicts['profiles'][number]['targets'][number];

function distrusted(target: TargetVerdict): TargetVerdict {
  if (target.decision === 'not-run') return target;
  const { id, kind, statement, section, implied, objectives } = target;
  return {
    id,
    kind,
    statement,
    section,
    objectives,
    decision: 'invalid',
    reason: { code: 'evidence-altered' },
    ...(implied === undefined ? {} : { implied }),
  };
}

async function* counted(
  samples: AsyncIterable<Sample>,
  counts: AnswerCounts,
): AsyncGenerator<Sample> {
  for await (const sample of samples) {
    counts.add(sample);
    yield sample;
  }
}
