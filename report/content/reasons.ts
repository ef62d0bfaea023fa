import type { Change, ClientFault, Reason } from '../../slo/reason.ts';
import type { LocalLimit } from '../../slo/sample.ts';
import type { Evidence } from '../../slo/verdict.ts';
import {
  confidence,
  count,
  duration,
  exactly,
  integer,
  milliseconds,
  percent,
  roughly,
  significant,
} from './format.ts';
import type { NotRun, VerdictRow } from './rows.ts';
import {
  allowed,
  asked,
  badOf,
  limitMs,
  lowerRate,
  lowerShare,
  observed,
  quantileName,
  rateWords,
  seenWords,
  shareOf,
  shareWords,
  upperRate,
  upperShare,
} from './wording.ts';

type ReasonOf<Code extends Reason['code']> = Extract<Reason, { code: Code }>;

/** Why a row's verdict is what it is, in one or two sentences; empty where a check gives none. */
export function reasonWords(row: VerdictRow): string {
  const { reason } = row;
  if (reason === undefined) return '';
  const sentence = sentenceOf(reason, row);
  return /^p\d/.test(sentence)
    ? sentence
    : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

/** More than that the report alone has. */
const mostUnexpected = 3;

/** The reason, and what a check expected and saw instead; nothing where there is neither. */
export function whyWords(row: VerdictRow): string[] {
  return [reasonWords(row), ...unexpectedWords(row, mostUnexpected)].filter(
    (words) => words !== '',
  );
}

/** Each thing that a check saw and did not expect, with a command line that asks for it by hand; at most so many. */
export function unexpectedWords({ evidence }: VerdictRow, most = Infinity): string[] {
  if (evidence?.kind !== 'exact') return [];
  const failed = evidence.shown.filter(({ ok }) => !ok).slice(0, most);
  const words = failed.map(({ subject, expected, seen, repeat }) => {
    const again = repeat === undefined ? '' : ` By hand: ${repeat}`;
    return `${subject}: expected ${expected}; seen ${seen}.${again}`;
  });
  const more = evidence.failed - failed.length;
  return more > 0 ? [...words, `And ${integer(more)} more, in the report.`] : words;
}

export function notRunWords({ id, reason }: NotRun): string {
  return reasonWords({ id, decision: 'inconclusive', reason });
}

function sentenceOf(reason: Reason, row: VerdictRow): string {
  switch (reason.code) {
    case 'within-limit':
      return within(row);
    case 'beyond-limit':
      return beyond(row);
    case 'outage':
      return `no request was good for ${duration(reason.ms)} on end: ${figures(row)}.`;
    case 'not-enough':
      return notEnough(reason, row);
    case 'changed':
      return changed(reason.change, row.evidence);
    case 'minimum-time':
      return `${soFar(row)}, but it was judged for less than the minimum of ${duration(reason.minTimeMs)}.`;
    case 'cut-short':
      return reason.of === 'duration'
        ? `${soFar(row)}, but the load ended before its documented duration was over.`
        : `${soFar(row)}, but the load ended before the documented number of requests was sent.`;
    case 'client-unknown':
      return `${soFar(row)}, but the run broke off before it was known whether our load generator kept its pace.`;
    case 'client-fault':
      return `our load generator’s fault, not the service’s: ${reason.faults.map(clientFaultWords).join('; ')}.`;
    case 'dropped-may-be-good':
      return `${figures(row)}, but that may be our load generator’s fault: ${notSent(reason.requests)}.`;
    case 'never-answered':
      return neverAnswered(reason);
    case 'not-driven':
      return 'the run ended before it came to this load.';
    case 'budget-too-small':
      return `the budget of ${duration(reason.budgetMs)} is too small: even a faultless service needs ${duration(reason.neededMs)} of load.`;
    case 'nothing-judged':
      return nothingJudged(reason.because);
    case 'nothing-counted':
      return `${count(reason.judged, 'request was judged', 'requests were judged')}, but this objective is about none of them.`;
    case 'no-cache-sign':
      return 'the service says nothing of a cache: no answer has a header that tells hits from misses.';
    case 'as-expected':
      return 'everything that was looked at was as expected.';
    case 'not-as-expected':
      return `${ofAll(row)} not as expected.`;
    case 'check-unrecorded':
      return 'the run has no record of this check: it ended before it came to it.';
    case 'check-skipped':
      return `${reason.why.replace(/\.$/, '')}.`;
    case 'check-crashed':
      return `the check itself broke: ${firstLine(reason.detail)}`;
    case 'check-broken-off':
      return 'the run ended in the middle of this check.';
    case 'exchanges-lost':
      return `of what it saw, ${reason.lost} stand in exchanges that are not on record.`;
    case 'saw-nothing':
      return 'the check looked at nothing, so it proves nothing.';
    case 'suite-not-asked':
      return `it is decided by the suite ${reason.suite}, which was not asked for.`;
    case 'evidence-altered':
      return 'the evidence was altered after it was recorded, so it proves nothing.';
    case 'not-asked':
      return 'it was not asked for.';
    case 'profile':
      return reason.text;
  }
}

/** The rest of a stack is in the report. */
const firstLine = (text: string) => text.split('\n', 1).join('');

function ofAll({ evidence }: VerdictRow): string {
  if (evidence?.kind !== 'exact') return 'something was';
  return `${integer(evidence.failed)} of ${count(evidence.observations, 'thing')} that ${evidence.observations === 1 ? 'was' : 'were'} looked at ${evidence.failed === 1 ? 'was' : 'were'}`;
}

export function clientFaultWords(fault: ClientFault): string {
  switch (fault.code) {
    case 'generator-failed':
      return fault.detail === undefined ? 'it failed' : `it failed (${fault.detail})`;
    case 'generator-exit':
      return `it ended with exit code ${fault.exitCode}`;
    case 'generator-signal':
      return `it was ended by ${fault.signal}`;
    case 'local-limit':
      return localLimitWords(fault.limit, fault.requests);
    case 'dropped':
      return notSent(fault.requests);
    case 'late':
      return `${integer(fault.requests)} of ${count(fault.of, 'request')} were sent, or their answers seen, late`;
    case 'clock-jump':
      return `the clock jumped by ${milliseconds(Math.abs(fault.ms))}`;
    case 'impossible-times':
      return `${count(fault.requests, 'request has', 'requests have')} impossible times`;
    case 'stood-still':
      return `it stood still for ${duration(fault.ms)} of ${duration(fault.ofMs)}`;
    case 'gap':
      return `it sent nothing for ${duration(fault.ms)}`;
    case 'starved':
      return `the machine was too busy, and timers ran ${milliseconds(fault.loopLagP99Ms)} late (p99)`;
  }
}

/** Whether what was seen is beyond the limit, whether or not that could be shown to be the rule. */
export function missedInSample({ objective, evidence }: VerdictRow): boolean {
  if (evidence?.kind === 'rate') return evidence.perSecond < evidence.minPerSecond;
  if (evidence?.kind !== 'ratio') return false;
  if (objective?.indicator !== 'latency' || evidence.observedMs === undefined)
    return evidence.bad > evidence.allowedShare * evidence.n;
  const { observedMs } = evidence;
  if (observedMs === null) return true;
  return objective.limitIs === 'below'
    ? observedMs >= objective.limitMs
    : observedMs > objective.limitMs;
}

/** The miss of an undecided row in a clause: `p95 was 576 ms (limit 200 ms), but too few stalls were seen to be sure`. */
export function missWords(row: VerdictRow): string {
  const { evidence } = row;
  if (evidence?.kind === 'rate')
    return `${rateWords(evidence)} came (${asked(evidence)} asked), but they varied too much to be sure`;
  const share = shareOf(row);
  const things = share === undefined ? 'bad requests' : badOf(share.objective).things;
  return `${sampleWords(row)}, but too few ${things} were seen to be sure`;
}

/** What was seen of an undecided row, with its limit in brackets. */
function sampleWords(row: VerdictRow): string {
  const share = shareOf(row);
  if (share === undefined) return seenWords(row);
  const { objective, evidence } = share;
  if (objective.indicator === 'latency' && evidence.observedMs !== undefined)
    return `${quantileName(objective.quantile)} was ${observed(evidence.observedMs, objective)} (limit ${limitMs(objective)})`;
  return `${counted(evidence.bad, evidence.n)} ${badOf(objective).did} (${shareWords(evidence)}, limit ${allowed(evidence)})`;
}

function within(row: VerdictRow): string {
  if (row.evidence?.kind === 'rate') {
    const at = confidence(row.evidence.alpha.pass);
    return `${rateWords(row.evidence)} came, ${asked(row.evidence)} asked; at ${at} confidence at least ${lowerRate(row.evidence)} would.`;
  }
  const share = shareOf(row);
  if (share === undefined) return 'it is within its limit.';
  const { objective, evidence } = share;
  const { would, may } = badOf(objective);
  // A decision that is held may have a bound beyond the limit by now: its caveat says so.
  if (evidence.bounds.upper >= evidence.allowedShare)
    return `${figures(row)} (${allowed(evidence)} ${may}).`;
  return `${figures(row)}, so at ${confidence(evidence.alpha.pass)} confidence at most ${upperShare(evidence)} ${would} (${allowed(evidence)} ${may}).`;
}

function beyond(row: VerdictRow): string {
  if (row.evidence?.kind === 'rate') {
    const at = confidence(row.evidence.alpha.fail);
    return `only ${rateWords(row.evidence)} came, ${asked(row.evidence)} asked; at ${at} confidence at most ${upperRate(row.evidence)} would.`;
  }
  const share = shareOf(row);
  if (share === undefined) return 'it is beyond its limit.';
  const { objective, evidence } = share;
  const { would, may } = badOf(objective);
  const doubtful = evidence.bad - evidence.certainlyBad;
  const ours =
    doubtful > 0
      ? ` ${count(doubtful, 'of them', 'of them')} may be our own client’s doing and do not count for this.`
      : '';
  if (evidence.bounds.lower <= evidence.allowedShare)
    return `${figures(row)} (only ${allowed(evidence)} ${may}).${ours}`;
  return `${figures(row)}, so at ${confidence(evidence.alpha.fail)} confidence at least ${lowerShare(evidence)} ${would} (only ${allowed(evidence)} ${may}).${ours}`;
}

/** What was seen, with the requests behind it. */
function figures(row: VerdictRow): string {
  const share = shareOf(row);
  if (share === undefined) return seenWords(row);
  const { objective, evidence } = share;
  const bad = `${counted(evidence.bad, evidence.n)} ${badOf(objective).did}`;
  if (objective.indicator !== 'latency' || evidence.observedMs === undefined) return bad;
  const name = quantileName(objective.quantile);
  if (evidence.observedMs === null) return `${name} failed (limit ${limitMs(objective)}): ${bad}`;
  return `${name} was ${observed(evidence.observedMs, objective)} of ${limitMs(objective)}: ${bad}`;
}

function counted(bad: number, n: number): string {
  return `${integer(bad)} of ${count(n, 'request')}`;
}

function soFar(row: VerdictRow): string {
  return `${sampleWords(row)}, within the limit so far`;
}

function notEnough({ interrupted, neededMs }: ReasonOf<'not-enough'>, row: VerdictRow): string {
  const { evidence } = row;
  const cut = interrupted ? ' The run was interrupted.' : '';
  const more = evidence?.kind === 'rate' ? '' : furtherWords(neededMs);
  if (missedInSample(row)) return `${missWords(row)}.${cut}${more}`;
  if (evidence?.kind === 'rate')
    return `${rateWords(evidence)} came, within the limit so far, but they varied so much that it may be ${lowerRate(evidence)} (${asked(evidence)} asked).${cut}`;
  const share = shareOf(row);
  if (share === undefined) return `too little was seen to tell.${cut}${more}`;
  const most = `${upperShare(share.evidence)} ${badOf(share.objective).would}`;
  return `${soFar(row)}, but too few requests were seen to show it: up to ${most} at ${confidence(share.evidence.alpha.pass)} confidence.${cut}${more}`;
}

function furtherWords(neededMs: number | undefined): string {
  return neededMs === undefined
    ? ' It is too near to its limit to say how much load would decide it.'
    : ` It needs about ${roughly(neededMs)} of load if it goes on like this.`;
}

function changed({ atMs, before, after }: Change, evidence: Evidence | undefined): string {
  const when = `at about ${duration(atMs)} of judged load`;
  if (evidence?.kind === 'rate')
    return `the service changed while it was judged: from ${significant(before)} to ${significant(after)} good answers/s ${when}; if that went on it would fall below ${significant(evidence.minPerSecond, exactly)}/s.`;
  const limit = evidence?.kind === 'ratio' ? allowed(evidence) : 'its limit';
  return `the service changed while it was judged: from ${percent(before)} to ${percent(after)} bad ${when}; if that went on it would exceed ${limit}.`;
}

function neverAnswered({
  requests,
  refused,
  timeouts,
  resets,
  open,
}: ReasonOf<'never-answered'>): string {
  const kinds: [number, string][] = [
    [refused, 'refused'],
    [timeouts, 'timed out'],
    [resets, 'reset'],
    [open, 'still open at the end'],
  ];
  const how = kinds
    .filter(([requests]) => requests > 0)
    .map(([requests, words]) => `${integer(requests)} ${words}`);
  return `none of ${count(requests, 'request')} was answered${how.length === 0 ? '' : `: ${how.join(', ')}`}.`;
}

/** What ran out or was missing, and what would help. */
const limitWords: Record<LocalLimit, readonly [what: string, help: string]> = {
  descriptors: ['open files ran out', 'raise `ulimit -Hn`, or lower --rate'],
  ports: [
    'local ports ran out',
    'widen net.ipv4.ip_local_port_range, or raise --requests-per-connection',
  ],
  memory: ['memory for connections ran out', 'run it on a larger machine, or lower --rate'],
  network: ['there was no way to the network', 'look at its routes'],
  names: [
    'the name of the service could not be resolved',
    'look at its resolver, or give an address',
  ],
  proxy: [
    'the proxy let nothing through',
    'look at it, and at its user and password, or except the service with NO_PROXY',
  ],
  decoding: [
    'answers came in a coding that cannot be read',
    "ask for another: --header 'Accept-Encoding: identity'",
  ],
};

function localLimitWords(limit: LocalLimit, requests: number): string {
  const [what, help] = limitWords[limit];
  return `on our own side ${what} for ${count(requests, 'request')} (${help})`;
}

function notSent(requests: number): string {
  return `${count(requests, 'request was', 'requests were')} not sent`;
}

function nothingJudged(because: ReasonOf<'nothing-judged'>['because']): string {
  switch (because) {
    case 'interrupted':
      return 'the run was interrupted before a request was judged.';
    case 'missing':
      return 'the first requests are missing from the recording, so none could be judged.';
    case 'none':
      return 'no request was recorded that could be judged.';
  }
}
