import type { EventEmitter } from 'node:events';
import type { LookupResult, WriteResult } from '../cache/response-cache.ts';

/** One inference request, once it is over. */
interface RequestOutcome {
  route: string;
  /** `unknown` where it named none that is served. */
  model: string;
  /** HTTP status; 499 when the client went away first. */
  status: number;
  seconds: number;
}

/** What happens in the server. Who counts listens; who does the work knows no metrics. */
export interface EventMap {
  modelLoaded: [{ model: string; seconds: number }];
  batchStarted: [{ model: string; requests: number }];
  cacheLookedUp: [{ model: string; result: LookupResult; seconds: number }];
  cacheWritten: [{ model: string; result: WriteResult }];
  requestEnded: [RequestOutcome];
  /** The same, unless a fault hides it: what metric sets listen to. */
  requestReported: [RequestOutcome];
}

export type ServerEvents = EventEmitter<EventMap>;
