import type { Arrivals } from '../slo/profile.ts';
import { seedOf, uniforms } from './random.ts';

/** What an arrival schedule is made of; a `LoadSpec` has all of it. */
export interface ScheduleInput {
  scenario: string;
  arrivals: Arrivals;
  warmupMs: number;
  plannedMs: number;
  seed: number;
}

/**
 * The open model's arrival schedule, a pure function of the plan: each call gives the next intended start, in milliseconds since the
 * schedule's zero, in order; `undefined` after the end. The k6 script and the launcher both compute it, so nothing has to be told.
 * A closed model has no schedule: `undefined` from the first call.
 */
export function schedule(input: ScheduleInput): () => number | undefined {
  const { arrivals, warmupMs, plannedMs } = input;
  const next = startsOf(arrivals, warmupMs, plannedMs, input);
  const end = warmupMs + plannedMs;
  return () => {
    const due = next();
    return due < end ? due : undefined;
  };
}

/** Arrivals due before `ms` (since the schedule's zero). */
export function countDue(input: ScheduleInput, ms: number): number {
  const next = schedule(input);
  let count = 0;
  for (let due = next(); due !== undefined && due < ms; due = next()) count++;
  return count;
}

/** An arrival that was due less than this before an early end was not dropped: nobody can say that it would not have been sent. */
const endToleranceMs = 100;

/**
 * Arrivals that were due and never started. `endedAt` is when the load ended early, in milliseconds since the schedule's zero;
 * undefined when it had all its time.
 */
export function countDropped(
  input: ScheduleInput,
  started: number,
  endedAt: number | undefined,
): number {
  const until = endedAt === undefined ? Number.POSITIVE_INFINITY : endedAt - endToleranceMs;
  return Math.max(0, countDue(input, until) - started);
}

export function phaseAt(msSinceZero: number, warmupMs: number): 'warmup' | 'judged' {
  return msSinceZero < warmupMs ? 'warmup' : 'judged';
}

function startsOf(
  arrivals: Arrivals,
  warmupMs: number,
  plannedMs: number,
  input: ScheduleInput,
): () => number {
  let index = 0;
  switch (arrivals.shape) {
    case 'constant':
      return () => (index++ * 1000) / arrivals.perSecond;
    case 'ramp': {
      const at = rampStart(arrivals.fromPerSecond, arrivals.toPerSecond, warmupMs, plannedMs);
      return () => at(index++);
    }
    case 'poisson': {
      const uniform = uniforms(seedOf(input.seed, `${input.scenario} arrivals`));
      let due = 0;
      return () => {
        due += (-Math.log(1 - uniform()) * 1000) / arrivals.perSecond;
        return due;
      };
    }
    case 'closed':
      return () => Number.POSITIVE_INFINITY;
  }
}

/**
 * Warm-up at `from`, then the rate changes linearly: after t ms, N(t) = from·t + (to − from)·t² / 2T arrivals were due. Solved for t in
 * the form that does not cancel: t = 2k / (from + √(from² + 2·k·(to − from) / T)).
 */
function rampStart(
  fromPerSecond: number,
  toPerSecond: number,
  warmupMs: number,
  plannedMs: number,
): (index: number) => number {
  const from = fromPerSecond / 1000;
  const to = toPerSecond / 1000;
  const before = from * warmupMs;
  return (index) => {
    if (index <= before) return index / from;
    const since = index - before;
    const inside = from * from + (2 * since * (to - from)) / plannedMs;
    // A falling ramp can be asked for more arrivals than it ever has.
    if (inside <= 0) return Number.POSITIVE_INFINITY;
    return warmupMs + (2 * since) / (from + Math.sqrt(inside));
  };
}
