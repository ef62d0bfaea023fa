import type { Check } from '../../runner/check.ts';
import { emptyBody } from './empty-body.ts';
import { maxElements } from './max-elements.ts';

/** In the order in which they are done. */
export const checks: readonly Check[] = [emptyBody, maxElements];
