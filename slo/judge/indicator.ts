import type { Objective } from '../profile.ts';
import { latencyMs, type Sample } from '../sample.ts';
import { clientLimits } from './rules.ts';

/**
 * What one request says of one objective. `doubtful`: bad, but perhaps by our client's own doing (sent or seen late, never left our machine,
 * impossible times), so it counts against a pass and not for a fail. `skip`: not what the objective is about. `unknown`: it was cut before anybody could know.
 */
export type Reading = 'good' | 'bad' | 'doubtful' | 'skip' | 'unknown';

export type RatioObjective = Exclude<Objective, { indicator: 'throughput' }>;
type LatencyObjective = Extract<Objective, { indicator: 'latency' }>;

/** Reads requests for one objective. Given them in index order, warm-up included; keeps no reference to a sample. */
export interface Indicator {
  read(sample: Sample): Reading;
}

/** A request sent more than this after its time, or whose end was seen so much later, was late by our own fault (`clientLimits.lateness`). */
export function lateToleranceMs(objective: Objective): number {
  const { ofLimit, leastMs, mostOfLimit, otherMs } = clientLimits.lateness;
  if (objective.indicator !== 'latency') return otherMs;
  return Math.min(Math.max(leastMs, ofLimit * objective.limitMs), mostOfLimit * objective.limitMs);
}

/** Whether a request was sent later than its objective can bear. */
export function isSentLate({ start, intendedStart }: Sample, toleranceMs: number): boolean {
  return start - intendedStart > toleranceMs;
}

/** Whether its end was seen later than its objective can bear. */
export function isSeenLate({ seenLate = 0 }: Sample, toleranceMs: number): boolean {
  return seenLate > toleranceMs;
}

function isLate(sample: Sample, toleranceMs: number): boolean {
  return isSentLate(sample, toleranceMs) || isSeenLate(sample, toleranceMs);
}

/** Whether a request ended before it started, or started before it was due: its clock was wrong, and what it says of time means nothing. */
export function isImpossible({ start, intendedStart, end }: Sample): boolean {
  return !(end >= start && start >= intendedStart - clientLimits.earlyMs);
}

/** Statuses by which a balancer or server says that it cannot serve now. */
const unavailable: ReadonlySet<number> = new Set([502, 503, 504]);

/** `timeoutMs`: after so long our client gives up, so a request that was open for longer when it was cut had no answer in time. */
export function createIndicator(
  objective: RatioObjective,
  timeoutMs: number,
  ttlMs: number,
): Indicator {
  switch (objective.indicator) {
    case 'latency':
      return new Latency(objective);
    case 'cache-misses':
      return new CacheMisses(timeoutMs, ttlMs, lateToleranceMs(objective));
    default:
      return new Failures(objective.indicator, timeoutMs, lateToleranceMs(objective));
  }
}

/** Bad: not answered correctly, or not within the limit. Certainly so if it still was from when it was really sent to when it may have ended. */
class Latency implements Indicator {
  readonly #limit: number;
  readonly #limitIsBad: boolean;
  readonly #tolerance: number;

  constructor(objective: LatencyObjective) {
    this.#limit = objective.limitMs;
    this.#limitIsBad = objective.limitIs === 'below';
    this.#tolerance = lateToleranceMs(objective);
  }

  read(sample: Sample): Reading {
    if (sample.outcome === 'local') return 'doubtful';
    const { start, end, seenLate = 0 } = sample;
    if (this.#isOver(latencyMs(sample)))
      return this.#isOver(end - seenLate - start) ? 'bad' : 'doubtful';
    if (sample.outcome === 'cut') return 'unknown';
    if (isImpossible(sample)) return 'doubtful';
    if (sample.outcome === 'ok') return mayHaveFailed(sample) ? 'doubtful' : 'good';
    return isLate(sample, this.#tolerance) ? 'doubtful' : 'bad';
  }

  #isOver(exactMs: number): boolean {
    // Recorded times have three decimals; what the difference of two has beyond is noise, and must not move a latency off its limit.
    const ms = Math.round(exactMs * 1000) / 1000;
    return this.#limitIsBad ? ms >= this.#limit : ms > this.#limit;
  }
}

class Failures implements Indicator {
  readonly #kind: 'wrong-answers' | 'unavailability' | 'failures';
  readonly #timeoutMs: number;
  readonly #tolerance: number;

  constructor(
    kind: 'wrong-answers' | 'unavailability' | 'failures',
    timeoutMs: number,
    tolerance: number,
  ) {
    this.#kind = kind;
    this.#timeoutMs = timeoutMs;
    this.#tolerance = tolerance;
  }

  read(sample: Sample): Reading {
    if (sample.outcome === 'ok')
      return this.#kind !== 'wrong-answers' && mayHaveFailed(sample) ? 'doubtful' : 'good';
    if (sample.outcome === 'cut' && latencyMs(sample) < this.#timeoutMs) return 'unknown';
    const answered = sample.outcome === 'http' || sample.outcome === 'malformed';
    // Wrong answers are a share of the answers: a server that gives none has shown none to be right.
    if (this.#kind === 'wrong-answers' && !answered) return 'skip';
    if (this.#kind === 'unavailability' && answered && !unavailable.has(sample.status))
      return 'good';
    return isOurs(sample, this.#tolerance) ? 'doubtful' : 'bad';
  }
}

interface Entry {
  /** When the cache could first answer, as far as is known before the request at hand; NaN when never. */
  storedAt: number;
  /** End of the earliest answer that may have stored it anew; Infinity when there is none. */
  pending: number;
}

/** Among requests whose payload was answered before within the TTL: not a hit. Memory: one entry per distinct payload. */
class CacheMisses implements Indicator {
  readonly #timeoutMs: number;
  readonly #ttlMs: number;
  readonly #tolerance: number;
  readonly #entries = new Map<number, Entry>();

  constructor(timeoutMs: number, ttlMs: number, tolerance: number) {
    this.#timeoutMs = timeoutMs;
    this.#ttlMs = ttlMs;
    this.#tolerance = tolerance;
  }

  read(sample: Sample): Reading {
    if (sample.payload === undefined) return 'skip';
    let entry = this.#entries.get(sample.payload);
    if (entry === undefined) {
      entry = { storedAt: Number.NaN, pending: Number.POSITIVE_INFINITY };
      this.#entries.set(sample.payload, entry);
    }
    if (entry.pending <= sample.start) {
      entry.storedAt = entry.pending;
      entry.pending = Number.POSITIVE_INFINITY;
    }
    const age = sample.start - entry.storedAt;
    // A hit does not make the entry younger: only an answer that was computed is stored.
    const stores =
      sample.outcome === 'ok' && (sample.cacheHit !== true || Number.isNaN(entry.storedAt));
    if (stores && sample.end < entry.pending) entry.pending = sample.end;
    if (!(age <= this.#ttlMs)) return 'skip';
    if (sample.outcome === 'cut' && latencyMs(sample) < this.#timeoutMs) return 'unknown';
    if (sample.outcome === 'ok' && sample.cacheHit === true) return 'good';
    return isOurs(sample, this.#tolerance) ? 'doubtful' : 'bad';
  }
}

/** Answered well when it was sent once more, but perhaps failed by the service the first time. */
function mayHaveFailed({ resent }: Sample): boolean {
  return resent === 'broken';
}

/** Whether a bad request may be so by our client's own doing. */
function isOurs(sample: Sample, toleranceMs: number): boolean {
  return sample.outcome === 'local' || isLate(sample, toleranceMs) || isImpossible(sample);
}
