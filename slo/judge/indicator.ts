import type { Objective } from '../profile.ts';
import { latencyMs, type Sample, type StartMark } from '../sample.ts';

/**
 * What one request says of one objective. `late-bad`: bad, but our client sent it late, so it counts against a pass and not for a
 * fail. `skip`: not what the objective is about. `unknown`: it was cut before anybody could know.
 */
export type Reading = 'good' | 'bad' | 'late-bad' | 'skip' | 'unknown';

export type RatioObjective = Exclude<Objective, { indicator: 'throughput' }>;
type LatencyObjective = Extract<Objective, { indicator: 'latency' }>;

/** Reads requests for one objective. Given them in index order, warm-up included; keeps no reference to a sample. */
export interface Indicator {
  read(sample: Sample): Reading;
}

/** A request sent more than this after its time was late by our own fault: 5 % of the limit, but 10 ms that any scheduler may need. */
export function lateToleranceMs(objective: Objective): number {
  return objective.indicator === 'latency' ? Math.max(10, 0.05 * objective.limitMs) : 50;
}

/** Statuses by which a balancer or server says that it cannot serve now. */
const unavailable: ReadonlySet<number> = new Set([502, 503, 504]);

/** `timeoutMs`: after so long our client gives up, so a request that was open for longer when it was cut had no answer in time. */
export function createIndicator(objective: RatioObjective, timeoutMs: number, ttlMs: number): Indicator {
  switch (objective.indicator) {
    case 'latency':
      return new Latency(objective);
    case 'cache-misses':
      return new CacheMisses(timeoutMs, ttlMs);
    default:
      return new Failures(objective.indicator, timeoutMs, lateToleranceMs(objective));
  }
}

/** Bad: not answered correctly, or not within the limit. */
export class Latency implements Indicator {
  readonly #limit: number;
  readonly #limitIsBad: boolean;
  readonly #tolerance: number;

  constructor(objective: LatencyObjective) {
    this.#limit = objective.limitMs;
    this.#limitIsBad = objective.limitIs === 'below';
    this.#tolerance = lateToleranceMs(objective);
  }

  read(sample: Sample): Reading {
    const latency = latencyMs(sample);
    const over = this.#limitIsBad ? latency >= this.#limit : latency > this.#limit;
    if (!over && sample.outcome === 'ok') return 'good';
    if (!over && sample.outcome === 'cut') return 'unknown';
    return this.#late(sample) ? 'late-bad' : 'bad';
  }

  /** What a request that has been open for longer than the limit already says, whatever becomes of it. */
  readOpen(mark: StartMark): Reading {
    return this.#late(mark) ? 'late-bad' : 'bad';
  }

  #late({ start, intendedStart }: StartMark): boolean {
    return start - intendedStart > this.#tolerance;
  }
}

class Failures implements Indicator {
  readonly #kind: 'wrong-answers' | 'unavailability' | 'failures';
  readonly #timeoutMs: number;
  readonly #tolerance: number;

  constructor(kind: 'wrong-answers' | 'unavailability' | 'failures', timeoutMs: number, tolerance: number) {
    this.#kind = kind;
    this.#timeoutMs = timeoutMs;
    this.#tolerance = tolerance;
  }

  read(sample: Sample): Reading {
    if (sample.outcome === 'ok') return 'good';
    if (sample.outcome === 'cut' && latencyMs(sample) < this.#timeoutMs) return 'unknown';
    const answered = sample.outcome === 'http' || sample.outcome === 'malformed';
    // Wrong answers are a share of the answers: a server that gives none has shown none to be right.
    if (this.#kind === 'wrong-answers' && !answered) return 'skip';
    if (this.#kind === 'unavailability' && answered && !unavailable.has(sample.status)) return 'good';
    return sample.start - sample.intendedStart > this.#tolerance ? 'late-bad' : 'bad';
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
  readonly #entries = new Map<number, Entry>();

  constructor(timeoutMs: number, ttlMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#ttlMs = ttlMs;
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
    const stores = sample.outcome === 'ok' && (sample.cacheHit !== true || Number.isNaN(entry.storedAt));
    if (stores && sample.end < entry.pending) entry.pending = sample.end;
    if (!(age <= this.#ttlMs)) return 'skip';
    if (sample.outcome === 'cut' && latencyMs(sample) < this.#timeoutMs) return 'unknown';
    return sample.outcome === 'ok' && sample.cacheHit === true ? 'good' : 'bad';
  }
}
