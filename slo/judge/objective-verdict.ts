import type { Caveat, ClientFault, Reason } from '../reason.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import type { LatencyHistogram } from '../statistics/latency-histogram.ts';
import type { Decision, ObjectiveVerdict, RateEvidence, RatioEvidence } from '../verdict.ts';
import { type ClientSeen, clientFaults, clockFaults, limitFaults } from './client-faults.ts';
import { neededMs } from './feasibility.ts';
import { hadAllItsTime, judgedWhole } from './looks.ts';
import type { Judged, ObjectiveJudge } from './objective.ts';
import { rules } from './rules.ts';
import { isPlain } from './sequential-test.ts';

/** What the whole scenario saw, warm-up included unless it says otherwise. */
export interface Seen extends ClientSeen {
  requests: number;
  /** Requests that had an answer, whatever it said. */
  answered: number;
  refused: number;
  timeouts: number;
  resets: number;
  /** Still open when load stopped. */
  open: number;
  /** Requests that were never recorded as ended though later ones were, and those later ones, which were not judged. */
  missing: number;
  waiting: number;
  /** Samples under an index that was taken. */
  repeated: number;
  judged: number;
  /** Start of the last judged request, milliseconds of judged load. */
  lastMs: number;
  /** When the documented number of requests was over, milliseconds of judged load. */
  requestsOverMs?: number;
  /** Latencies of judged requests. */
  latency: LatencyHistogram;
}

interface Settled {
  decision: Decision;
  reason: Reason;
}

/** The verdict of one objective when its scenario is over: what the test says, if the measurement can be trusted. */
export function judgeObjective(
  judge: ObjectiveJudge,
  record: ScenarioRecord,
  seen: Seen,
): ObjectiveVerdict {
  const { id, objective } = judge;
  const evidence = judge.evidence();
  return {
    id,
    objective,
    ...settled(judge, record, seen),
    stop: record.stop ?? 'interrupted',
    ...(evidence === undefined ? {} : { evidence: completed(evidence, judge, record, seen) }),
  };
}

function settled(judge: ObjectiveJudge, record: ScenarioRecord, seen: Seen): Settled {
  const { requests, refused, timeouts, resets, open } = seen;
  const faults = clientFaults(record, judge.judged, seen);
  if (limitFaults(seen).length > 0)
    return { decision: 'invalid', reason: { code: 'client-fault', faults } };
  const longEnough = record.stop === 'no-answer' || seen.lastMs >= rules.noAnswerMs;
  if (seen.answered === 0 && (refused + timeouts + resets > 0 || (open > 0 && longEnough)))
    return {
      decision: 'invalid',
      reason: { code: 'never-answered', requests, refused, timeouts, resets, open },
    };
  if (record.stop === 'not-started')
    return { decision: 'inconclusive', reason: notStarted(judge, record) };
  if (judge.judged.requests === 0) return nothingJudged(record, seen, faults);
  if (judge.isSilent) return { decision: 'inconclusive', reason: { code: 'no-cache-sign' } };
  if (clockFaults(record, judge.judged, seen).length > 0)
    return { decision: 'invalid', reason: { code: 'client-fault', faults } };
  if (judge.test.decision === 'fail') return failed(judge, record);
  if (faults.length > 0) return { decision: 'invalid', reason: { code: 'client-fault', faults } };
  const evidence = judge.evidence();
  if (evidence === undefined)
    return {
      decision: 'inconclusive',
      reason: { code: 'nothing-counted', judged: judge.judged.requests },
    };
  return judge.test.decision === 'pass' ? passed(record, seen) : undecided(judge, evidence, record);
}

function failed({ test, judged }: ObjectiveJudge, { client, scenario }: ScenarioRecord): Settled {
  const waits = scenario.arrivals.shape === 'closed';
  const requests =
    (client?.dropped ?? 0) + ('good' in test && waits ? notAsked(test.good, judged) : 0);
  if (requests > 0 && !test.failsWith(requests))
    return { decision: 'invalid', reason: { code: 'dropped-may-be-good', requests } };
  const out = 'outageMs' in test && test.last !== undefined && test.isOut(test.last);
  return {
    decision: 'fail',
    reason: out ? { code: 'outage', ms: test.outageMs } : { code: 'beyond-limit' },
  };
}

/** Clients that wait for their answers, and may have seen them late, could have asked for so many more good ones meanwhile. */
function notAsked(good: number, { openMs, seenLateMs }: Judged): number {
  return seenLateMs === 0 ? 0 : Math.ceil((good * seenLateMs) / Math.max(1, openMs - seenLateMs));
}

function passed(record: ScenarioRecord, { judged }: Seen): Settled {
  const { client, scenario } = record;
  const inconclusive = (reason: Reason): Settled => ({ decision: 'inconclusive', reason });
  if (client === undefined) return inconclusive({ code: 'client-unknown' });
  if (judgedWhole(scenario) && !hadAllItsTime(record))
    return inconclusive({ code: 'cut-short', of: 'duration' });
  if (judged < (scenario.requests ?? 0)) return inconclusive({ code: 'cut-short', of: 'requests' });
  return { decision: 'pass', reason: { code: 'within-limit' } };
}

function undecided(
  judge: ObjectiveJudge,
  { change, judgedMs }: RatioEvidence | RateEvidence,
  record: ScenarioRecord,
): Settled {
  const { test } = judge;
  const { minTimeMs, stop } = record;
  if (test.nearlyPasses && judgedMs < minTimeMs && !judgedWhole(record.scenario))
    return { decision: 'inconclusive', reason: { code: 'minimum-time', minTimeMs } };
  if (change !== undefined && (test.nearlyPasses || isPlain(change)))
    return { decision: 'inconclusive', reason: { code: 'changed', change } };
  const needed = 'neededMs' in test ? test.neededMs() : undefined;
  const interrupted = stop === 'interrupted' || stop === undefined;
  return {
    decision: 'inconclusive',
    reason: {
      code: 'not-enough',
      interrupted,
      ...(needed === undefined ? {} : { neededMs: Math.ceil(needed) }),
    },
  };
}

function notStarted(
  { objective }: ObjectiveJudge,
  { scenario, minTimeMs, plannedMs }: ScenarioRecord,
): Reason {
  const needed = neededMs(objective, scenario, minTimeMs);
  if (needed <= plannedMs) return { code: 'not-driven' };
  return { code: 'budget-too-small', budgetMs: plannedMs, neededMs: needed };
}

function nothingJudged(
  { stop }: ScenarioRecord,
  { missing }: Seen,
  faults: ClientFault[],
): Settled {
  if (faults.length > 0) return { decision: 'invalid', reason: { code: 'client-fault', faults } };
  if (stop === 'interrupted' || stop === undefined)
    return { decision: 'inconclusive', reason: { code: 'nothing-judged', because: 'interrupted' } };
  return {
    decision: 'invalid',
    reason: { code: 'nothing-judged', because: missing > 0 ? 'missing' : 'none' },
  };
}

/** The evidence with what the scenario as a whole has to say to it. */
function completed<E extends RatioEvidence | RateEvidence>(
  evidence: E,
  judge: ObjectiveJudge,
  record: ScenarioRecord,
  seen: Seen,
): E {
  const { objective } = judge;
  const caveats = [
    ...damage(seen),
    ...ofTheLoad(record, seen),
    ...late(judge),
    ...resent(judge),
    ...held(judge),
    ...evidence.caveats,
  ];
  if (evidence.kind === 'ratio') caveats.push({ code: 'groups' });
  caveats.push({ code: 'this-run', everyMs: evidence.judgedMs / rules.vouchedParts });
  const observed =
    objective.indicator === 'latency' && seen.latency.total > 0
      ? { observedMs: seen.latency.quantileMs(objective.quantile) }
      : {};
  return { ...evidence, caveats, ...observed };
}

function damage({ missing, waiting, repeated }: Seen): Caveat[] {
  return [
    ...(missing > 0 ? [{ code: 'broken-off', missing, waiting } as const] : []),
    ...(repeated > 0 ? [{ code: 'repeated-samples', samples: repeated } as const] : []),
  ];
}

function ofTheLoad({ scenario }: ScenarioRecord, { requestsOverMs }: Seen): Caveat[] {
  const { arrivals, requests } = scenario;
  return [
    ...(requests !== undefined && requestsOverMs !== undefined
      ? [{ code: 'requests-repeated', documented: requests, afterMs: requestsOverMs } as const]
      : []),
    ...(arrivals.shape === 'closed'
      ? [{ code: 'closed-model', clients: arrivals.concurrency } as const]
      : []),
  ];
}

function held({ test }: ObjectiveJudge): Caveat[] {
  const { decision, isHeld } = test;
  return decision !== undefined && isHeld ? [{ code: 'held', decision }] : [];
}

function late({ judged }: ObjectiveJudge): Caveat[] {
  return judged.late > 0 ? [{ code: 'late', requests: judged.late, of: judged.requests }] : [];
}

function resent({ judged, objective }: ObjectiveJudge): Caveat[] {
  const matters =
    judged.resent > 0 &&
    objective.indicator !== 'wrong-answers' &&
    objective.indicator !== 'throughput';
  return matters ? [{ code: 'resent', requests: judged.resent }] : [];
}
