import type { Conflict, Objective } from '../slo/profile.ts';
import type { Decision, Evidence, ObjectiveVerdict, RunVerdicts, Stop, TargetVerdict } from '../slo/verdict.ts';
import { count, duration, integer, milliseconds, percent, significant } from './format.ts';
import { failures, type ScenarioSummary } from './summarise.ts';

const and = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** A target that something was decided about. */
export type DecidedTarget = Extract<TargetVerdict, { objectives: ObjectiveVerdict[] }>;
export type NotRunTarget = Exclude<TargetVerdict, DecidedTarget>;
type ProfileVerdicts = RunVerdicts['profiles'][number];

/** A mark that can be told apart without colour. */
export const marks: Record<Decision | 'not-run', string> = {
  fail: '✗',
  invalid: '!',
  inconclusive: '?',
  pass: '✓',
  'not-run': '–',
};

export const decisionWords: Record<Decision | 'not-run', string> = {
  fail: 'The target was missed.',
  invalid: 'Our own measurement broke; it says nothing of the service.',
  inconclusive: 'Neither a pass nor a fail could be shown.',
  pass: 'The target was reached.',
  'not-run': 'No check decided it in this run.',
};

export const stopWords: Record<Stop, string> = {
  decided: 'a decision was reached',
  budget: 'the budget was used up',
  'out-of-sight': 'something had failed, or no decision was in sight',
  'documented-duration': 'the documented duration was over',
  interrupted: 'the run was interrupted',
  'client-failed': 'our load generator failed',
  'not-started': 'no load was sent',
};

const badOf: Record<Exclude<Objective['indicator'], 'latency' | 'throughput'>, string> = {
  'wrong-answers': 'wrong answers',
  unavailability: 'requests without an available service',
  failures: 'failed requests',
  'cache-misses': 'cache misses among repeats',
};

export function isDecided(target: TargetVerdict): target is DecidedTarget {
  return target.decision !== 'not-run';
}

export function decidedTargets(verdicts: RunVerdicts): DecidedTarget[] {
  return verdicts.profiles.flatMap((profile) => profile.targets.filter(isDecided));
}

export function notRunTargets(verdicts: RunVerdicts): NotRunTarget[] {
  return verdicts.profiles.flatMap(({ targets }) => targets.filter((target): target is NotRunTarget => !isDecided(target)));
}

export function conflictsOf(profile: ProfileVerdicts, targetId: string): Conflict[] {
  return profile.conflicts.filter((conflict) => conflict.touches.includes(targetId));
}

/** `p99`, `p99.9`. */
export function quantileName(quantile: number): string {
  return `p${significant(quantile * 100, 6)}`;
}

/** The promise in short: `p95 < 200 ms`, `wrong answers ≤ 1 %`, `> 100 good answers/s`. */
export function objectiveWords(objective: Objective): string {
  if (objective.indicator === 'latency') {
    return `${quantileName(objective.quantile)} ${objective.limitIs === 'below' ? '<' : '≤'} ${milliseconds(objective.limitMs)}`;
  }
  if (objective.indicator === 'throughput') return `at least ${significant(objective.minPerSecond)} good answers/s`;
  return `${badOf[objective.indicator]} ≤ ${percent(objective.maxShare)}`;
}

/** What makes a request bad. */
export function badWords(objective: Objective): string {
  if (objective.indicator === 'latency') {
    return `failed, or ${objective.limitIs === 'below' ? 'at least' : 'more than'} ${milliseconds(objective.limitMs)}`;
  }
  return objective.indicator === 'throughput' ? 'too few good answers' : badOf[objective.indicator];
}

/** How sure the decision is, in one sentence; empty where nothing was measured. */
export function howSure(decision: Decision, evidence: Evidence | undefined): string {
  if (evidence === undefined) return '';
  if (evidence.kind === 'exact') return 'A deterministic check: it has no error bound.';
  if (evidence.kind === 'duration') return `${count(evidence.seconds.length, 'time')} measured.`;
  if (decision === 'pass') return `A service at its limit would pass in at most ${percent(evidence.alphaPass)} of such runs.`;
  if (decision === 'fail') return `A service within its limit would fail in at most ${percent(evidence.alphaFail)} of such runs.`;
  if (decision === 'invalid') return 'Not sure of anything: the measurement is not valid.';
  if (evidence.kind === 'rate') return 'The interval still holds the limit.';
  if (evidence.logEFail <= 0 && evidence.logEPass <= 0) return 'The evidence leans neither to a pass nor to a fail.';
  const [leaning, reached, needed] =
    evidence.logEFail > evidence.logEPass
      ? ['a fail', evidence.logEFail, evidence.failAt]
      : ['a pass', evidence.logEPass, evidence.passAt];
  return `It leans to ${leaning}, with ${percent(reached / needed)} of the evidence that needs (log e-value ${significant(reached)} of ${significant(needed)}).`;
}

/** What was seen, in short: `12 of 9,000 bad (0.13 %)`. */
export function seenWords(evidence: Evidence | undefined): string {
  if (evidence === undefined) return 'nothing measured';
  switch (evidence.kind) {
    case 'ratio':
      return `${integer(evidence.bad)} of ${integer(evidence.n)} bad (${percent(evidence.n === 0 ? 0 : evidence.bad / evidence.n)})`;
    case 'rate':
      return `${significant(evidence.perSecond)} good answers/s over ${count(evidence.blocks, 'second')}`;
    case 'duration':
      return `slowest ${significant(Math.max(0, ...evidence.seconds))} s, limit ${significant(evidence.limitSeconds)} s`;
    case 'exact':
      return `seen: ${evidence.seen}; expected: ${evidence.expected}`;
  }
}

/** `0.1 % to 0.4 %`, with the confidence apart. */
export function intervalWords(evidence: Evidence | undefined): string {
  if (evidence?.kind === 'ratio') return `${percent(evidence.bounds.lower)} to ${percent(evidence.bounds.upper)}`;
  if (evidence?.kind === 'rate') return `${significant(evidence.bounds.lower)} to ${significant(evidence.bounds.upper)}/s`;
  return '–';
}

export function guaranteeOf(evidence: Evidence | undefined): string {
  if (evidence === undefined) return '–';
  return evidence.kind === 'exact' ? 'exact' : evidence.guarantee;
}

export function judgedMsOf(evidence: Evidence | undefined): number {
  return evidence !== undefined && 'judgedMs' in evidence ? evidence.judgedMs : 0;
}

/** What a target's objectives, or the target itself, rest on: one row each in every table. */
export interface VerdictRow {
  id: string;
  decision: Decision;
  reason: string;
  objective?: Objective;
  evidence?: Evidence | undefined;
  stop?: Stop;
  neededSeconds?: number | undefined;
}

export function rowsOf(target: DecidedTarget): VerdictRow[] {
  const own = { id: target.id, decision: target.decision, reason: target.reason, evidence: target.evidence };
  return target.objectives.length > 0 && target.evidence === undefined ? target.objectives : [own, ...target.objectives];
}

/** The target's id; the objective's where a target has several. */
export function nameOf(target: DecidedTarget, row: VerdictRow): string {
  return rowsOf(target).length > 1 ? row.id : target.id;
}

/** The verdict on the whole run in words; its exit code says the same to a machine. */
export function headline(verdicts: RunVerdicts): { decision: Decision; title: string; detail: string } {
  const decided = decidedTargets(verdicts);
  const named = (decision: Decision) => decided.filter((target) => target.decision === decision).map((target) => target.id);
  const list = (ids: string[]) => and.format(ids);
  const tally = (['fail', 'invalid', 'inconclusive', 'pass'] as const)
    .map((decision) => ({ decision, ids: named(decision) }))
    .filter(({ ids }) => ids.length > 0);
  const detail = tally.map(({ decision, ids }) => `${ids.length} ${decision}`).join(', ') || 'no target was decided';
  switch (verdicts.exitCode) {
    case 0:
      return {
        decision: 'pass',
        title: `Pass: ${named('pass').length === 1 ? 'the decided target holds' : `all ${named('pass').length} decided targets hold`}`,
        detail,
      };
    case 1:
      return {
        decision: 'fail',
        title: `Fail: ${list(named('fail')) || 'a target'} ${named('fail').length > 1 ? 'were' : 'was'} missed`,
        detail,
      };
    case 2:
      return {
        decision: 'inconclusive',
        title: `Inconclusive: ${list(named('inconclusive')) || 'a target'} could not be decided`,
        detail,
      };
    case 3:
      return {
        decision: 'invalid',
        title:
          named('invalid').length > 0
            ? `Invalid: the measurement of ${list(named('invalid'))} cannot be trusted`
            : named('pass').length > 0
              ? 'Invalid: the harness broke, so this run proves nothing as a whole'
              : 'Invalid: this run decided nothing',
        detail,
      };
  }
}

/** What one share is a share of, and what a run cannot have seen. */
export function estimandWords(judgedMs: number): string {
  const blind = judgedMs > 0 ? ` Effects that come less often than every ${duration(judgedMs / 3)} may not have shown.` : '';
  return `Each share is over the load of this run, not over all traffic there will be.${blind}`;
}

/** The figures of a scenario in a sentence: what a chart says to those who do not see it. */
export function scenarioWords(summary: ScenarioSummary): string {
  const failed = failures(summary.counts.judged);
  const at = [0.5, 0.95, 0.99].map((quantile) => {
    const ms = summary.latency.quantileMs(quantile);
    return `${quantileName(quantile)} ${ms === null ? 'not answered' : milliseconds(ms)}`;
  });
  return `${count(summary.judged, 'judged request')}, ${integer(failed)} failed; ${at.join(', ')}`;
}
