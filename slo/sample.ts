import { z } from 'zod';

/**
 * How a request ended, as the client saw it.
 * `ok` a well-formed answer with the expected status · `http` another status · `malformed` the expected status, but not
 * the documented body · `timeout` no full answer within the client's timeout · `refused` no connection · `reset` the
 * connection broke · `cut` still open when the client stopped · `local` a limit of the client's own side:
 * the request never left it, or only the client could not read the answer.
 */
export const outcomes = [
  'ok',
  'http',
  'malformed',
  'timeout',
  'refused',
  'reset',
  'cut',
  'local',
] as const;

/**
 * What of our own side can run out or be missing: file descriptors, ports of its own to connect from, memory, a way to the network, the
 * resolution of names, a proxy that lets requests through, a coding of answers that the client can read.
 */
export const localLimits = [
  'descriptors',
  'ports',
  'memory',
  'network',
  'names',
  'proxy',
  'decoding',
] as const;

export const resending = ['closed', 'broken'] as const;

export const phases = ['warmup', 'judged'] as const;

const milliseconds = z.number();

/** One request as the client saw it. All times are milliseconds since the run's `epoch` (see `run.json`). */
export const sampleSchema = z.strictObject({
  /** Place in the scenario's order of intended starts, from 0, without gaps. Warm-up and judged requests share it. */
  index: z.int().nonnegative(),
  scenario: z.string(),
  phase: z.enum(phases),
  /** When the arrival schedule wanted the request to start. In a closed model: when it did start. */
  intendedStart: milliseconds,
  start: milliseconds,
  /** When the last byte, or the failure, was seen; for `cut`: when the client stopped. Latency is `end - intendedStart`. */
  end: milliseconds,
  /** So much of `end` may be our own client's delay in seeing it; absent when there was none to speak of. Never more than `end - start`. */
  seenLate: milliseconds.optional(),
  /** When the answer's first byte was seen; absent when none was. */
  firstByte: milliseconds.optional(),
  outcome: z.enum(outcomes),
  /** HTTP status, 0 when there was none. */
  status: z.int().nonnegative(),
  /** Which of our own limits was met; of a `local` one only. */
  limit: z.enum(localLimits).optional(),
  /** What the client said of a request that got no answer, cut at 200 characters. */
  error: z.string().optional(),
  /**
   * Sent once more; absent when it was not. `closed`: its connection was found closed before it was written · `broken`: its connection, idle
   * till then, broke before the first byte of an answer. That may be a connection that the service had closed, or a request that it failed.
   */
  resent: z.enum(resending).optional(),
  /** Bytes of the answer's body. */
  bytes: z.int().nonnegative(),
  /** The correlation id that the client sent as `x-request-id`. */
  requestId: z.string(),
  /** Which frontend of the balancer the request took. */
  route: z.string(),
  /** Which replica answered, from `x-served-by`; absent when the balancer answered by itself or nobody did. */
  replica: z.string().optional(),
  modelVersion: z.string().optional(),
  /** Whether a cache answered, by the answer's headers; absent when none of them says anything of a cache. */
  cacheHit: z.boolean().optional(),
  /** Which of the repeated payloads was sent; absent when every payload is unique. */
  payload: z.int().nonnegative().optional(),
});

export type Sample = z.infer<typeof sampleSchema>;
export type Resending = (typeof resending)[number];
export type LocalLimit = (typeof localLimits)[number];
export type RequestOutcome = Sample['outcome'];
export type Phase = Sample['phase'];

/** Emitted when a request starts, so that requests still open are seen. */
export type StartMark = Pick<Sample, 'index' | 'scenario' | 'phase' | 'intendedStart' | 'start'>;

/** Milliseconds from the intended start to the end, connecting and any lateness of the client included. */
export function latencyMs(sample: Sample): number {
  return sample.end - sample.intendedStart;
}
