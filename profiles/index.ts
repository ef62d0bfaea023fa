import type { Profile } from '../slo/profile.ts';
import { aiInferenceLb } from './ai-inference-lb.ts';
import { kserveMlops } from './kserve-mlops.ts';
import { matrixinfer } from './matrixinfer.ts';
import { mlopsAks } from './mlops-aks.ts';
import { torchserveTensorzero } from './torchserve-tensorzero.ts';

/** The built-in profiles, in the order of their documents. */
export const profiles: readonly Profile[] = [
  matrixinfer,
  mlopsAks,
  torchserveTensorzero,
  aiInferenceLb,
  kserveMlops,
];
