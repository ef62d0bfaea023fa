import type { ScenarioRecord } from '../scenario-record.ts';
import type { Decision, ObjectiveVerdict, Stop } from '../verdict.ts';
import { clientFaults, clockJumped } from './client-faults.ts';
import { arrivalRate, neededMs } from './feasibility.ts';
import type { ObjectiveJudge } from './objective.ts';
import { count, describeRate, describeRatio, seconds, subject } from './words.ts';

/** What the whole scenario saw, warm-up included. */
export interface Seen {
  requests: number;
  /** Requests that had an answer, whatever it said. */
  answered: number;
  refused: number;
  timeouts: number;
  resets: number;
  /** Requests that were never recorded as ended though later ones were, and those later ones, which were not judged. */
  missing: number;
  waiting: number;
  /** Samples under an index that was taken. */
  repeated: number;
}

type Settled = Pick<ObjectiveVerdict, 'decision' | 'reason'> & { neededSeconds?: number | undefined };

/** The verdict of one objective when its scenario is over: what the test says, if the measurement can be trusted. */
export function settleObjective(judge: ObjectiveJudge, record: ScenarioRecord, seen: Seen): ObjectiveVerdict {
  const { id, objective, test } = judge;
  const { decision, reason, neededSeconds } = settled(judge, record, seen);
  const evidence = judge.evidence();
  const size = evidence.kind === 'ratio' ? evidence.n : evidence.blocks;
  const caveats = [...damage(seen), ...evidence.caveats];
  return {
    id,
    objective,
    decision,
    reason,
    stop: stopOf(record, test.decision),
    ...(size > 0 ? { evidence: { ...evidence, caveats } } : {}),
    ...(neededSeconds === undefined ? {} : { neededSeconds: Math.ceil(neededSeconds) }),
  };
}

function settled(judge: ObjectiveJudge, record: ScenarioRecord, seen: Seen): Settled {
  const unanswered = seen.refused + seen.timeouts + seen.resets;
  if (unanswered > 0 && seen.answered === 0) return { decision: 'invalid', reason: neverAnswered(seen) };
  if (record.stop === 'not-started') return notStarted(judge, record);
  if (judge.judged === 0) return nothingJudged(record);
  const faults = clientFaults(record, judge.judged, judge.late);
  if (judge.test.decision === 'fail') return failed(judge, record);
  if (faults.length > 0) return { decision: 'invalid', reason: `The measurement cannot be trusted: ${faults.join('; ')}.` };
  if (judge.test.decision === 'pass') return passed(judge, record);
  return undecided(judge, record);
}

function failed(judge: ObjectiveJudge, record: ScenarioRecord): Settled {
  const { test, objective } = judge;
  const dropped = record.client?.dropped ?? 0;
  if (objective.indicator === 'latency' && clockJumped(record)) {
    return {
      decision: 'invalid',
      reason: 'The clock jumped while the load flowed, so the latencies that would fail it mean nothing.',
    };
  }
  if (dropped > 0 && !test.failsWith(dropped)) {
    return {
      decision: 'invalid',
      reason: `It would fail, but not if the ${count(dropped)} arrivals that our client never sent had been good.`,
    };
  }
  return { decision: 'fail', reason: `${sentence(judge, 'lower')}.` };
}

function passed(judge: ObjectiveJudge, record: ScenarioRecord): Settled {
  if (record.client === undefined) {
    const reason = `${sentence(judge, 'upper')}, but the run broke off before it was known whether our own client kept its pace.`;
    return { decision: 'inconclusive', reason };
  }
  if (record.scenario.durationSeconds !== undefined && record.stop !== 'documented-duration' && record.stop !== 'budget') {
    return { decision: 'inconclusive', reason: `${sentence(judge, 'upper')}, but the documented duration was not over.` };
  }
  return { decision: 'pass', reason: `${sentence(judge, 'upper')}.` };
}

function undecided(judge: ObjectiveJudge, record: ScenarioRecord): Settled {
  const { test } = judge;
  const empty = 'n' in test ? test.n === 0 : test.blocks === 0;
  if (empty) return { decision: 'inconclusive', reason: nothingCounted(judge), neededSeconds: leastSeconds(judge, record) };
  const neededSeconds = secondsNeeded(judge, record);
  const how = record.stop === 'interrupted' || record.stop === undefined ? 'The run was interrupted' : 'The load was not enough';
  const wanting =
    neededSeconds === undefined
      ? 'the share is too near to its limit to be told apart from it'
      : `about ${seconds(neededSeconds)} of load would do`;
  return { decision: 'inconclusive', reason: `${sentence(judge, 'both')}. ${how}: ${wanting}.`, neededSeconds };
}

function notStarted(judge: ObjectiveJudge, record: ScenarioRecord): Settled {
  const needed = leastSeconds(judge, record);
  if (needed === undefined || needed * 1000 <= record.plannedMs)
    return { decision: 'inconclusive', reason: 'Its scenario was not driven.' };
  const reason = `The budget of ${seconds(record.plannedMs / 1000)} cannot decide it: it takes at least ${seconds(needed)} of load.`;
  return { decision: 'inconclusive', reason, neededSeconds: needed };
}

function nothingJudged({ stop, failure }: ScenarioRecord): Settled {
  if (stop === 'client-failed' || failure !== undefined) {
    return {
      decision: 'invalid',
      reason: `No request was judged: the load generator failed${failure === undefined ? '' : `: ${failure}`}.`,
    };
  }
  if (stop === 'interrupted' || stop === undefined)
    return { decision: 'inconclusive', reason: 'The run was interrupted before a request was judged.' };
  return { decision: 'invalid', reason: 'No request was judged: the load generator recorded none.' };
}

function nothingCounted({ objective, judged }: ObjectiveJudge): string {
  if (objective.indicator === 'cache-misses')
    return `None of ${count(judged)} requests repeated a body that had been answered before within the TTL.`;
  if (objective.indicator === 'throughput') return 'Not one whole second of load was judged.';
  return `None of ${count(judged)} requests gave ${subject(objective)} to count.`;
}

function neverAnswered({ requests, refused, timeouts, resets }: Seen): string {
  const ways = [
    [refused, 'refused'],
    [timeouts, 'not answered in time'],
    [resets, 'broken off'],
  ] as const;
  const seen = ways.filter(([times]) => times > 0).map(([times, how]) => `${count(times)} ${how}`);
  return `The target never answered: of ${count(requests)} requests ${seen.join(', ')}.`;
}

function sentence(judge: ObjectiveJudge, side: 'upper' | 'lower' | 'both'): string {
  const evidence = judge.evidence();
  if (evidence.kind === 'ratio') return describeRatio(judge.objective, evidence, side);
  return describeRate(evidence, side === 'both' ? 'both' : side === 'upper' ? 'lower' : 'upper');
}

/** Seconds of load until a decision, at the rate of this run, if requests went on as they did. */
export function secondsNeeded(
  judge: ObjectiveJudge,
  { scenario, minTimeMs }: Pick<ScenarioRecord, 'scenario' | 'minTimeMs'>,
): number | undefined {
  const { test } = judge;
  if (!('requestsNeeded' in test)) return undefined;
  const needed = test.requestsNeeded();
  const evidence = test.evidence([]);
  if (needed === undefined || evidence.judgedMs === 0) return undefined;
  const rate = arrivalRate(scenario.arrivals) ?? (evidence.n / evidence.judgedMs) * 1000;
  const eligible = evidence.n / Math.max(judge.judged, 1);
  return Math.max(minTimeMs / 1000, needed / (rate * eligible));
}

/** Seconds of load without which nothing can be decided; undefined where they are not known beforehand. */
function leastSeconds({ objective }: ObjectiveJudge, { scenario, minTimeMs }: ScenarioRecord): number | undefined {
  const needed = neededMs(objective, scenario, minTimeMs);
  return needed === undefined ? undefined : needed / 1000;
}

function damage({ missing, waiting, repeated }: Seen): string[] {
  const caveats: string[] = [];
  if (missing > 0) {
    caveats.push(
      `The recording breaks off: ${count(missing)} requests have no end, so ${count(waiting)} later ones were not judged.`,
    );
  }
  if (repeated > 0) caveats.push(`${count(repeated)} samples came twice; the first counts.`);
  return caveats;
}

function stopOf({ scenario, stop }: ScenarioRecord, decision: Exclude<Decision, 'invalid' | 'inconclusive'> | undefined): Stop {
  if (decision !== undefined) return scenario.durationSeconds === undefined ? 'decided' : 'documented-duration';
  if (stop === undefined) return 'interrupted';
  return stop === 'decided' ? 'budget' : stop;
}
