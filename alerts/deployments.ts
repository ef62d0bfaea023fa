import { haproxy } from '../dialects/haproxy.ts';
import { kserveMlops } from '../dialects/kserve-mlops.ts';
import { mlopsAks } from '../dialects/mlops-aks.ts';
import type { Watched } from './indicator.ts';

/** What rules are committed for: the id of a profile, and the kinds of server that its service is seen through. */
export const deployments: readonly { profile: string; watched: Watched }[] = [
  { profile: 'mlops-aks', watched: { server: mlopsAks, balancer: haproxy } },
  { profile: 'kserve-mlops', watched: { server: kserveMlops, balancer: haproxy } },
];
