import { objectivesOf, type PlannedObjective } from '../../slo/judge/plan.ts';
import { createScenarioJudge } from '../../slo/judge/scenario.ts';
import type { Objective, Scenario } from '../../slo/profile.ts';
import type { Sample } from '../../slo/sample.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import * as streams from './statistics-streams.ts';

/** The share of bad requests of a stream, as a multiple of what its objective allows. */
export const conditions = { limit: 1, tenth: 0.1, half: 0.5, twice: 2 } as const;
export type Condition = keyof typeof conditions;

/** What is simulated; plain data, so that a worker thread can be given it. */
export type Source =
  | { kind: 'independent' }
  | { kind: 'mm1'; load: number }
  | { kind: 'batched' }
  | { kind: 'on-off'; cycleSeconds: number }
  | { kind: 'failures'; meanRun: number }
  | { kind: 'throughput'; swing: number }
  | { kind: 'stalling'; replicas: number; cycleSeconds: number; rhythm: 'periodic' | 'random' };

export interface Job {
  source: Source;
  /** Allowed shares of bad requests; the limit in good answers per second for throughput. */
  allowed: readonly number[];
  conditions: readonly Condition[];
  /** Streams `from` up to, not including, `to`. */
  from: number;
  to: number;
  seconds: number;
  /** From so much load on it only goes on while a decision is in sight, as in a gate. Left out, it all flows. */
  patienceSeconds?: number;
  alphaFail: number;
}

/** Outcome of one stream for one objective. */
export interface Outcome {
  allowed: number;
  condition: Condition;
  decision: string;
  /** Judged load behind the decision. */
  requests: number;
  seconds: number;
}

interface Stream {
  objectives: { objective: Objective; allowed: number; condition: Condition }[];
  /** Makes request number `index` of the stream: writes it into the sample. */
  begin(random: streams.Random): (sample: Sample, index: number) => void;
}

/** Runs every stream of a job through the production judge. */
export function runJob(job: Job): Outcome[] {
  const outcomes: Outcome[] = [];
  streamsOf(job).forEach((stream, number) => {
    for (let at = job.from; at < job.to; at += 1) {
      const random = streams.randomOf(seedOf(job.source, number), at);
      outcomes.push(...judgeStream(stream, random, job));
    }
  });
  return outcomes;
}

/** Another seed for each kind of stream, so that no two share their random numbers. */
function seedOf(source: Source, number: number): number {
  let hash = 17 + number;
  for (const character of JSON.stringify(source)) hash = (hash * 31 + character.charCodeAt(0)) | 0;
  return hash;
}

const unique: Scenario = {
  api: 'score',
  model: 'm',
  payloads: { kind: 'unique' },
  arrivals: { shape: 'constant', perSecond: streams.RATE },
};

function judgeStream(
  { objectives, begin }: Stream,
  random: streams.Random,
  { seconds, patienceSeconds = seconds, alphaFail }: Job,
): Outcome[] {
  const record: ScenarioRecord = {
    ...{ name: 'bench/unique', scenario: unique, warmupMs: 0, plannedMs: seconds * 1000, minTimeMs: 30_000, timeoutMs: 10_000 },
    ...{ startedAt: 0, endedAt: seconds * 1000, stop: 'budget' as const },
    client: { exitCode: 0, signal: null, dropped: 0, clockJumpMs: 0, loopLagP99Ms: 0 },
  };
  const judge = createScenarioJudge({ record, objectives: planned(objectives.map(({ objective }) => objective)), alphaFail });
  const fill = begin(random);
  const sample = blankSample();
  const n = seconds * streams.RATE;
  for (let index = 0; index < n; index += 1) {
    sample.index = index;
    fill(sample, index);
    judge.end(sample);
    if (index % 64 === 0 && judge.decided) break;
    if (index % streams.RATE === 0 && index > patienceSeconds * streams.RATE && !judge.inSight) break;
  }
  return judge.finish(record).map(({ decision, evidence }, at) => {
    const { allowed = 0, condition = 'limit' } = objectives[at] ?? {};
    const requests = evidence?.kind === 'ratio' ? evidence.n : evidence?.kind === 'rate' ? evidence.blocks : 0;
    const judged = evidence?.kind === 'ratio' || evidence?.kind === 'rate' ? evidence.judgedMs / 1000 : 0;
    return { allowed, condition, decision, requests, seconds: judged };
  });
}

function planned(objectives: Objective[]): PlannedObjective[] {
  const [first, ...others] = objectives;
  if (first === undefined) return [];
  return objectivesOf({ id: 'B-SLO-1', kind: 'slo', statement: 's', section: 's', objectives: [first, ...others] });
}

export function blankSample(): Sample {
  return {
    ...{ index: 0, scenario: 'bench/unique', phase: 'judged', intendedStart: 0, start: 0, end: 0 },
    ...{ outcome: 'ok', status: 200, bytes: 100, requestId: 'r', route: 'main' },
  };
}

function at(sample: Sample, startMs: number, latencyMs: number): void {
  sample.intendedStart = startMs;
  sample.start = startMs;
  sample.end = startMs + latencyMs;
}

const latency = (allowed: number, limitMs: number): Objective => ({
  ...{ indicator: 'latency', scenario: 'unique', limitMs, limitIs: 'below', quantile: Number((1 - allowed).toPrecision(12)) },
});

/** Twice a half would be all of them: there it is half as much again. */
function shareOf(allowed: number, condition: Condition): number {
  return condition === 'twice' && allowed >= 0.5 ? allowed * 1.5 : allowed * conditions[condition];
}

function streamsOf(job: Job): Stream[] {
  const { source } = job;
  switch (source.kind) {
    case 'independent':
      return [sharedStream(streams.independent, job)];
    case 'mm1':
      return [sharedStream(streams.mm1(source.load), job)];
    case 'batched':
      return [sharedStream(streams.batched, job)];
    case 'on-off':
      return each(job, (allowed, condition) => ({
        objective: latency(allowed, streams.STALL_LIMIT_MS),
        latencies: streams.onOff(shareOf(allowed, condition), source.cycleSeconds),
      }));
    case 'stalling':
      return each(job, (allowed) => ({
        objective: latency(allowed, 500),
        latencies: streams.stallingReplicas(source.replicas, source.cycleSeconds, source.rhythm),
      }));
    case 'failures':
      return failureStreams(job, source.meanRun);
    case 'throughput':
      return throughputStreams(job, source.swing);
  }
}

/** One stream, judged by every limit at once. */
function sharedStream(process: streams.LatencyProcess, { allowed, conditions: wanted }: Job): Stream {
  return {
    objectives: wanted.flatMap((condition) =>
      allowed.map((share) => ({
        objective: latency(share, process.limitMs(shareOf(share, condition))),
        allowed: share,
        condition,
      })),
    ),
    begin: (random) => fillLatencies(process.stream(random)),
  };
}

function fillLatencies(next: () => number) {
  return (sample: Sample, index: number) => {
    at(sample, (index * 1000) / streams.RATE, next());
  };
}

function each(
  job: Job,
  make: (allowed: number, condition: Condition) => { objective: Objective; latencies: streams.Latencies },
): Stream[] {
  return job.allowed.flatMap((allowed) =>
    job.conditions.map((condition) => {
      const { objective, latencies } = make(allowed, condition);
      return { objectives: [{ objective, allowed, condition }], begin: (random) => fillLatencies(latencies(random)) };
    }),
  );
}

function failureStreams(job: Job, meanRun: number): Stream[] {
  return job.allowed.flatMap((allowed) =>
    job.conditions.map((condition) => ({
      objectives: [{ objective: { indicator: 'unavailability', scenario: 'unique', maxShare: allowed }, allowed, condition }],
      begin: (random) => {
        const next = streams.failures(shareOf(allowed, condition), meanRun)(random);
        return (sample, index) => {
          at(sample, (index * 1000) / streams.RATE, 20);
          const failed = next();
          sample.outcome = failed ? 'http' : 'ok';
          sample.status = failed ? 503 : 200;
        };
      },
    })),
  );
}

/** Poisson arrivals all answered well, their rate swinging slowly by `swing` of itself around the limit times the condition. */
function throughputStreams({ allowed, conditions: wanted }: Job, swing: number): Stream[] {
  const factors = { limit: 1, half: 1.1, tenth: 1.2, twice: 0.9 } as const;
  return allowed.flatMap((limit) =>
    wanted.map((condition) => ({
      objectives: [
        { objective: { indicator: 'throughput', scenario: 'unique', minPerSecond: limit }, allowed: limit, condition },
      ],
      begin: (random) => {
        let [startMs, level] = [0, 0];
        return (sample) => {
          const rate = limit * factors[condition] * Math.max(0.1, 1 + swing * level);
          const gapMs = (-Math.log(random()) * 1000) / rate;
          startMs += gapMs;
          // An Ornstein–Uhlenbeck swing with a memory of two seconds.
          const keep = Math.exp(-gapMs / 2000);
          level =
            keep * level + Math.sqrt(1 - keep * keep) * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
          at(sample, startMs, 20);
        };
      },
    })),
  );
}
