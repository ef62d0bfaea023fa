import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { writeReports } from '../../report/index.ts';
import { exitCode, judgeRun } from '../../slo/judge/run.ts';
import { AnswerCounts } from '../../slo/reconcile.ts';
import type { Sample } from '../../slo/sample.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import { applyReconciliation, brokenReconciliation, reconcileScenarios } from './reconciliation.ts';

/**
 * Derives everything from a run folder's evidence alone: verdicts.json, report.html, junit.xml, summary.md. A pure function of the
 * folder, so a second time gives the same bytes. Evidence that differs from its seal makes every decision invalid.
 */
export async function derive(folder: string): Promise<RunVerdicts> {
  const evidence = await openRun(folder);
  const { run } = evidence;
  const { altered, ...verification } = await evidence.verify();
  const warnings = verification.warnings.map((warning) => (altered ? `EVIDENCE_ALTERED: ${warning}` : warning));
  const counts = new AnswerCounts();
  const judged = await judgeRun({
    profiles: run.profiles,
    only: run.only,
    scenarios: run.scenarios,
    samples: counted(evidence.samples(), counts),
  });
  const reconciliation = reconcileScenarios(folder, run, counts);
  const profiles = run.profiles.map((profile, at) => {
    const targets = applyReconciliation(profile, judged[at]?.targets ?? [], reconciliation, run.only);
    return {
      id: profile.id,
      title: profile.title,
      document: profile.document,
      targets: altered ? targets.map(distrusted) : targets,
      conflicts: profile.conflicts,
    };
  });
  const broken = brokenReconciliation(run, reconciliation);
  const decided = exitCode(
    profiles.flatMap(({ targets }) => targets),
    run.only,
  );
  const verdicts: RunVerdicts = {
    schemaVersion: 1,
    run: run.id,
    exitCode: decided !== 1 && (broken.length > 0 || run.sealed?.end === 'broken') ? 3 : decided,
    simulated: run.target.kind === 'reference-stack',
    profiles,
    reconciliation,
    warnings: [...(run.sealed?.failure ? [run.sealed.failure] : []), ...warnings, ...evidence.warnings, ...broken],
  };
  writeFileSync(join(folder, runFiles.verdicts), `${JSON.stringify(verdicts, null, 2)}\n`);
  await writeReports({ run, verdicts, samples: evidence.samples(), dir: folder });
  return verdicts;
}

type TargetVerdict = RunVerdicts['profiles'][number]['targets'][number];

function distrusted(target: TargetVerdict): TargetVerdict {
  if (target.decision === 'not-run') return target;
  return { ...target, decision: 'invalid', reason: 'The evidence is not what was recorded, so it proves nothing.' };
}

async function* counted(samples: AsyncIterable<Sample>, counts: AnswerCounts): AsyncGenerator<Sample> {
  for await (const sample of samples) {
    counts.add(sample);
    yield sample;
  }
}
