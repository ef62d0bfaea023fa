import type { Check } from '../../runner/check.ts';
import { dimensions } from './dimensions.ts';
import { emptyBody } from './empty-body.ts';
import { errorTexts } from './error-texts.ts';
import { healthAnswer } from './health-answer.ts';
import { maxCharacters } from './max-characters.ts';
import { maxElements } from './max-elements.ts';
import { maxFeatures } from './max-features.ts';
import { maxRows } from './max-rows.ts';
import { probesReady } from './probes-ready.ts';
import { scoreAnswer } from './score-answer.ts';
import { structuredErrors } from './structured-errors.ts';

/** In the order in which they are done. */
export const checks: readonly Check[] = [
  scoreAnswer,
  healthAnswer,
  probesReady,
  emptyBody,
  maxElements,
  maxCharacters,
  maxRows,
  maxFeatures,
  dimensions,
  structuredErrors,
  errorTexts,
];
