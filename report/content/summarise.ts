import type { Run } from '../../evidence/run.ts';
import { type Ending, Endings, isFailure } from '../../slo/endings.ts';
import {
  latencyMs,
  outcomes,
  type Phase,
  type RequestOutcome,
  type Sample,
} from '../../slo/sample.ts';
import { LatencyHistogram } from '../../slo/statistics/latency-histogram.ts';

/** Most points that a chart over time has; then neighbours are folded into one, so memory and page stay bounded. */
export const maxBuckets = 120;
/** Most replicas and versions that are told apart; a server that names a new one per request must not fill memory. */
const maxNames = 32;
const others = 'others';

export type OutcomeCounts = Record<RequestOutcome, number>;

/** Requests by intended start within `[atMs, atMs + widthMs)`, times relative to the start of the scenario. */
export interface TimeBucket {
  atMs: number;
  requests: number;
  outcomes: OutcomeCounts;
  hits: number;
  misses: number;
  /** Failed requests count as slower than all others. */
  latency: LatencyHistogram;
}

export interface ReplicaSummary {
  /** Null: answered by the balancer itself, or by nobody. */
  replica: string | null;
  requests: number;
  failed: number;
  hits: number;
  latency: LatencyHistogram;
}

/** What the samples of one scenario look like. Judged requests only, unless it says otherwise. */
export interface ScenarioSummary {
  name: string;
  counts: Record<Phase, OutcomeCounts>;
  judged: number;
  endings: Ending[];
  modelVersions: Map<string, number>;
  latency: LatencyHistogram;
  /** Requests that were sent once more, since the service had closed the idle connection that they were first sent on. */
  resent: number;
  /** How late our own client was: to send (start − intended start), or to see the end. */
  lateness: LatencyHistogram;
  cache: { hits: number; misses: number };
  replicas: ReplicaSummary[];
  /** Warm-up included. */
  buckets: TimeBucket[];
  widthMs: number;
  /** First judged intended start, relative to the start of the scenario; null when nothing was judged. */
  judgedFromMs: number | null;
}

export function failures(counts: OutcomeCounts): number {
  return outcomes.filter(isFailure).reduce((sum, outcome) => sum + counts[outcome], 0);
}

/**
 * One pass over the samples, in any order, with memory that does not grow with their number. Scenarios come in the order of
 * `run.json`; ones that it does not name come last.
 */
export async function summarise(
  run: Run,
  samples: AsyncIterable<Sample>,
): Promise<ScenarioSummary[]> {
  const passes = new Map(
    run.scenarios.map((record) => [record.name, new ScenarioPass(record.name, record.startedAt)]),
  );
  for await (const sample of samples) {
    let pass = passes.get(sample.scenario);
    if (pass === undefined) {
      if (passes.size >= run.scenarios.length + maxNames) continue;
      pass = new ScenarioPass(sample.scenario, sample.intendedStart);
      passes.set(sample.scenario, pass);
    }
    pass.take(sample);
  }
  return [...passes.values()].map((pass) => pass.summary());
}

function noOutcomes(): OutcomeCounts {
  return { ok: 0, http: 0, malformed: 0, timeout: 0, refused: 0, reset: 0, cut: 0, local: 0 };
}

class ScenarioPass {
  readonly #name: string;
  readonly #origin: number;
  readonly #counts = { warmup: noOutcomes(), judged: noOutcomes() } satisfies Record<
    Phase,
    OutcomeCounts
  >;
  readonly #endings = new Endings();
  readonly #modelVersions = new Map<string, number>();
  readonly #latency = new LatencyHistogram(3);
  readonly #lateness = new LatencyHistogram();
  #resent = 0;
  readonly #cache = { hits: 0, misses: 0 };
  readonly #replicas = new Map<string | null, ReplicaSummary>();
  #buckets = new Map<number, TimeBucket>();
  #widthMs = 1000;
  #judgedFrom: number | null = null;

  constructor(name: string, origin: number) {
    this.#name = name;
    this.#origin = origin;
  }

  take(sample: Sample): void {
    this.#counts[sample.phase][sample.outcome] += 1;
    const bucket = this.#bucket(sample.intendedStart - this.#origin);
    bucket.requests += 1;
    bucket.outcomes[sample.outcome] += 1;
    recordLatency(bucket.latency, sample);
    countCache(bucket, sample);
    if (sample.phase === 'warmup') return;
    this.#judgedFrom = Math.min(
      this.#judgedFrom ?? Number.POSITIVE_INFINITY,
      sample.intendedStart - this.#origin,
    );
    recordLatency(this.#latency, sample);
    this.#lateness.record(Math.max(sample.start - sample.intendedStart, sample.seenLate ?? 0));
    if (sample.resent !== undefined) this.#resent += 1;
    countCache(this.#cache, sample);
    this.#endings.add(sample);
    if (sample.modelVersion !== undefined) increment(this.#modelVersions, sample.modelVersion);
    this.#countReplica(sample);
  }

  summary(): ScenarioSummary {
    return {
      name: this.#name,
      counts: this.#counts,
      judged: Object.values(this.#counts.judged).reduce((sum, value) => sum + value, 0),
      endings: this.#endings.list(),
      modelVersions: sorted(this.#modelVersions),
      latency: this.#latency,
      resent: this.#resent,
      lateness: this.#lateness,
      cache: this.#cache,
      replicas: [...this.#replicas.values()].sort((a, b) =>
        order(a.replica ?? '\uffff', b.replica ?? '\uffff'),
      ),
      buckets: this.#filled(),
      widthMs: this.#widthMs,
      judgedFromMs: this.#judgedFrom,
    };
  }

  #bucket(offset: number): TimeBucket {
    while (offset >= this.#widthMs * maxBuckets) this.#fold();
    const at = Math.max(0, Math.floor(offset / this.#widthMs));
    const known = this.#buckets.get(at);
    if (known !== undefined) return known;
    const bucket = emptyBucket(at * this.#widthMs);
    this.#buckets.set(at, bucket);
    return bucket;
  }

  /** Doubles the width and joins neighbours; the result is the same in whatever order the samples came. */
  #fold(): void {
    this.#widthMs *= 2;
    const folded = new Map<number, TimeBucket>();
    for (const [at, bucket] of this.#buckets) {
      const half = Math.floor(at / 2);
      const into = folded.get(half) ?? emptyBucket(half * this.#widthMs);
      folded.set(half, into);
      into.requests += bucket.requests;
      for (const outcome of outcomes) into.outcomes[outcome] += bucket.outcomes[outcome];
      into.hits += bucket.hits;
      into.misses += bucket.misses;
      into.latency.add(bucket.latency);
    }
    this.#buckets = folded;
  }

  /** In order of time, with empty ones where nothing was sent: a pause is seen as one. */
  #filled(): TimeBucket[] {
    const last = Math.max(-1, ...this.#buckets.keys());
    return Array.from(
      { length: last + 1 },
      (_, at) => this.#buckets.get(at) ?? emptyBucket(at * this.#widthMs),
    );
  }

  #countReplica(sample: Sample): void {
    if (sample.outcome === 'local') return;
    let name = sample.replica ?? null;
    if (name !== null && !this.#replicas.has(name) && this.#replicas.size >= maxNames)
      name = others;
    const replica = this.#replicas.get(name) ?? {
      replica: name,
      requests: 0,
      failed: 0,
      hits: 0,
      latency: new LatencyHistogram(),
    };
    this.#replicas.set(name, replica);
    replica.requests += 1;
    if (isFailure(sample.outcome)) replica.failed += 1;
    if (sample.cacheHit === true) replica.hits += 1;
    recordLatency(replica.latency, sample);
  }
}

function emptyBucket(atMs: number): TimeBucket {
  return {
    atMs,
    requests: 0,
    outcomes: noOutcomes(),
    hits: 0,
    misses: 0,
    latency: new LatencyHistogram(),
  };
}

function recordLatency(histogram: LatencyHistogram, sample: Sample): void {
  if (sample.outcome === 'ok') histogram.record(latencyMs(sample));
  else if (isFailure(sample.outcome)) histogram.recordFailure();
}

function countCache(into: { hits: number; misses: number }, sample: Sample): void {
  if (sample.cacheHit === true) into.hits += 1;
  if (sample.cacheHit === false) into.misses += 1;
}

function increment(counts: Map<string, number>, key: string): void {
  const name = counts.has(key) || counts.size < maxNames ? key : others;
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(counts: Map<string, number>): Map<string, number> {
  return new Map([...counts].sort(([a], [b]) => order(a, b)));
}
