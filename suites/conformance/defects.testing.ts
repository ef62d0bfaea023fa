import { inAnswers } from './defects/answers.testing.ts';
import type { Defect } from './defects/defect.testing.ts';
import { inLimits } from './defects/limits.testing.ts';
import { noDefects } from './defects/no-defects.testing.ts';
import { inProbes } from './defects/probes.testing.ts';
import { inRefusals } from './defects/refusals.testing.ts';

/** Every defect that checks of the conformance suite are shown to find. A new table goes in here. */
export const defects: readonly Defect[] = [
  ...inAnswers,
  ...inProbes,
  ...inLimits,
  ...inRefusals,
  ...noDefects,
];
