import type { ApiName } from '../apis/index.ts';
import type { DeviceProfile, ServedModel } from '../device/profile.ts';
import type { Guard } from '../guards/guard.ts';
import type { MetricSet } from '../metrics/metric-set.ts';
import type { ErrorFormat } from '../requests/error-formats.ts';
import type { InputLimits } from '../requests/input.ts';

/**
 * What the server is when it stands in for one documented system. Data of the server's own, taken from the document and not from the
 * profile that judges it: a slip on either side shows.
 */
export interface System {
  id: string;
  /** Ports that its listeners have unless told otherwise. */
  listeners: { serving: number; metrics: number };
  apis: readonly ApiName[];
  /** In front of every inference route, in this order. */
  guards: readonly Guard[];
  limits: InputLimits;
  errors: ErrorFormat;
  metrics: MetricSet;
  /** Response cache; absent where the document has none. */
  cache?: { ttlSeconds: number };
  /** The documented batcher, where it is an annotation that is off by default. */
  batcher?: { maxBatch: number; maxWaitMs: number };
  deployment: string;
  models: readonly ServedModel[];
  device: DeviceProfile;
}
