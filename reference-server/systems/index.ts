import { kserveMlops } from './kserve-mlops.ts';
import { mlopsAks } from './mlops-aks.ts';
import type { System } from './system.ts';

/** Every documented system that the server can stand in for. */
export const systems: readonly System[] = [mlopsAks, kserveMlops];
