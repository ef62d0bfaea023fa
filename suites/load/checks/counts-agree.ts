import { z } from 'zod';
import { check } from '../../runner/check.ts';

/** Decided from the samples and the series of each scenario: see `slo/reconcile.ts`. */
export const countsAgree = check({
  id: 'counts-agree',
  about: "the service's own counters agree with what its client saw under load",
  needs: ['counters'],
  params: z.object({}),
});
