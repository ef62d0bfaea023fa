import { scheduleLooks } from '../../../slo/judge/looks.ts';
import { RateTest } from '../../../slo/judge/rate.ts';
import { RatioTest } from '../../../slo/judge/ratio.ts';
import { rules } from '../../../slo/judge/rules.ts';
import { usualLoad } from '../../../slo/load-settings.ts';
import type { Scenario } from '../../../slo/profile.ts';
import { type Case, type Cell, nameOf, shareIn } from './cells.ts';
import { Peers, type PeerVerdicts } from './peers.ts';
import { exponential, type Random, randomOf, seedOf, wandering } from './random.ts';

/** What one stream came to for one allowed share and case. */
export interface Outcome {
  allowed: number;
  case: Case;
  decision: 'pass' | 'fail' | 'inconclusive';
  /** Judged load at the look that decided; a gate that waits for nothing else ends there. */
  seconds: number;
  peers?: PeerVerdicts;
}

const usualSeconds = usualLoad.budgetMs / 1000;
/** A false fail is tested at the whole α here: in a run it is shared by the run's objectives. */
const alpha = { pass: rules.alpha, fail: rules.alpha };

function looksOf(perSecond: number, seconds: number) {
  const scenario: Scenario = {
    api: 'score',
    model: 'm',
    payloads: { kind: 'unique' },
    arrivals: { shape: 'constant', perSecond },
  };
  return scheduleLooks({ scenario, minTimeMs: usualLoad.minTimeMs, plannedMs: seconds * 1000 });
}

/** One stream of a cell in each of the cases, through the judge's own tests. */
export function simulate(
  cell: Cell,
  seed: string,
  number: number,
  wanted: readonly Case[],
): Outcome[] {
  const randomFor = (what: string) =>
    randomOf(seedOf(`${seed} ${nameOf(cell)} ${cell.perSecond} ${what}`), number);
  switch (cell.kind) {
    case 'latency':
      return latencies(cell, randomFor('all'), wanted);
    case 'bad':
      return cell.allowed.flatMap((allowed) =>
        wanted.map((which) => bads(cell, randomFor(`${allowed} ${which}`), allowed, which)),
      );
    case 'throughput':
      return cell.allowed.flatMap((limit) =>
        wanted.map((which) => throughput(cell, randomFor(which), limit, which)),
      );
  }
}

/** A test with what others say of its stream, until it decides. */
class Judged {
  readonly allowed: number;
  readonly which: Case;
  readonly test: RatioTest;
  readonly peers: Peers;

  constructor(cell: Cell, allowed: number, which: Case, seconds: number) {
    this.allowed = allowed;
    this.which = which;
    this.test = new RatioTest({
      allowedShare: allowed,
      alpha,
      looks: looksOf(cell.perSecond, seconds),
    });
    this.peers = new Peers(allowed);
  }

  /** False once it has decided: load would stop. */
  take(atMs: number, bad: boolean, distance: number): boolean {
    this.test.advance(atMs);
    if (this.test.decision !== undefined) return false;
    this.test.take(atMs, bad, bad, distance);
    this.peers.take(atMs, bad);
    return true;
  }

  outcome(seconds: number): Outcome {
    if (this.test.decision === undefined) this.test.end(seconds * 1000);
    const { decision = 'inconclusive', last } = this.test;
    return {
      allowed: this.allowed,
      case: this.which,
      decision,
      seconds: (last?.judgedMs ?? 0) / 1000,
      peers: this.peers.verdicts(),
    };
  }
}

/** Latencies serve every percentile and case at once: only the limit differs. */
function latencies(
  cell: Cell & { kind: 'latency' },
  random: Random,
  wanted: readonly Case[],
): Outcome[] {
  const { process, perSecond, seconds = usualSeconds } = cell;
  const all = cell.allowed.flatMap((allowed) =>
    wanted.map((which) => new Judged(cell, allowed, which, seconds)),
  );
  const next = process.stream(random, perSecond);
  let open = all.map((judged) => ({
    judged,
    logLimit: Math.log(process.limitMs(shareIn(judged.allowed, judged.which), perSecond)),
  }));
  for (let index = 0; index < seconds * perSecond && open.length > 0; index += 1) {
    const atMs = (index * 1000) / perSecond;
    const logLatency = Math.log(next());
    let closed = false;
    for (const { judged, logLimit } of open) {
      const distance = Math.min(0, logLatency - logLimit);
      if (!judged.take(atMs, distance === 0, distance)) closed = true;
    }
    if (closed) open = open.filter(({ judged }) => judged.test.decision === undefined);
  }
  return all.map((judged) => judged.outcome(seconds));
}

/** Where bad requests take for ever and good ones next to nothing, about so far from any limit. */
const farFromLimit = Math.log(1000);

function bads(cell: Cell & { kind: 'bad' }, random: Random, allowed: number, which: Case): Outcome {
  const { process, perSecond, indicator, seconds = usualSeconds } = cell;
  const judged = new Judged(cell, allowed, which, seconds);
  const next = process.stream(random, perSecond, shareIn(allowed, which));
  for (let index = 0; index < seconds * perSecond; index += 1) {
    const bad = next();
    const distance = bad || indicator === 'failures' ? 0 : -farFromLimit * (0.5 + random());
    if (!judged.take((index * 1000) / perSecond, bad, distance)) break;
  }
  return judged.outcome(seconds);
}

/** Poisson arrivals all answered well, their rate swinging slowly around the limit times the case. */
function throughput(
  cell: Cell & { kind: 'throughput' },
  random: Random,
  limit: number,
  which: Case,
): Outcome {
  const factors = { limit: 1, half: 1.1, tenth: 1.2, twice: 0.9 } as const;
  const { swing, memorySeconds, seconds = usualSeconds } = cell;
  const test = new RateTest({ minPerSecond: limit, alpha, looks: looksOf(limit, seconds) });
  const stepSeconds = 0.1;
  const level = wandering(random, Math.max(memorySeconds, stepSeconds), stepSeconds);
  let endOfStep = 0;
  let rate = limit;
  for (let atMs = 0; atMs < seconds * 1000; atMs += exponential(random, 1000 / rate)) {
    for (; endOfStep <= atMs; endOfStep += stepSeconds * 1000)
      rate = limit * factors[which] * Math.max(0.1, 1 + swing * level());
    test.advance(atMs);
    if (test.decision !== undefined) break;
    test.take(atMs);
  }
  if (test.decision === undefined) test.end(seconds * 1000);
  const { decision = 'inconclusive', last } = test;
  return { allowed: limit, case: which, decision, seconds: (last?.judgedMs ?? 0) / 1000 };
}
