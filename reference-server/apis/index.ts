import type { Api } from './api.ts';
import { health } from './health.ts';
import { kserveV1 } from './kserve-v1.ts';
import { score } from './score.ts';

/** Every API, by the name that systems give it. */
export const apis = { health, score, 'kserve-v1': kserveV1 } as const satisfies Record<string, Api>;

export type ApiName = keyof typeof apis;
