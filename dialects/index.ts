import { dcgm } from './dcgm.ts';
import type { Dialect } from './dialect.ts';
import { haproxy } from './haproxy.ts';
import { kserve } from './kserve.ts';
import { kserveMlops } from './kserve-mlops.ts';
import { llamacpp } from './llamacpp.ts';
import { mlopsAks } from './mlops-aks.ts';
import { mlserver } from './mlserver.ts';
import { torchserve } from './torchserve.ts';
import { triton } from './triton.ts';
import { vllm } from './vllm.ts';

/** Every kind of server whose metrics are known. */
export const dialects = [
  mlopsAks,
  kserveMlops,
  vllm,
  triton,
  llamacpp,
  kserve,
  mlserver,
  torchserve,
  haproxy,
  dcgm,
] as const satisfies readonly Dialect[];
