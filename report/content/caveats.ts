import type { Caveat, CountNote } from '../../slo/reason.ts';
import type { Evidence } from '../../slo/verdict.ts';
import { count, duration, integer } from './format.ts';
import type { VerdictRow } from './rows.ts';

/** What a verdict assumed or cannot have seen, in a sentence. */
export function caveatWords(caveat: Caveat, evidence: Evidence | undefined): string {
  switch (caveat.code) {
    case 'this-run':
      if (caveat.everyMs === 0)
        return 'Counted over this load in this run, which was over too soon to show what comes and goes.';
      return `Counted over this load in this run; what happens less often than every ${duration(caveat.everyMs)} may not have shown.`;
    case 'groups':
      return `${independence(evidence)} ${groups}`;
    case 'closed-model':
      return `${count(caveat.clients, 'client waits', 'clients each wait')} for their answer: a stall delays few requests here; open arrivals would have met it more often.`;
    case 'late':
      return `${integer(caveat.requests)} of ${count(caveat.of, 'request')} were sent, or their answers seen, late by our own client; they count against a pass, not for a fail.`;
    case 'resent':
      return `${count(caveat.requests, 'request')} met an idle connection that broke, and went out once more: the service may have closed the connection, or failed the request. That counts against a pass, not for a fail; with --requests-per-connection 1 no connection is idle.`;
    case 'broken-off':
      return `The recording breaks off: ${count(caveat.missing, 'request is', 'requests are')} missing, and ${integer(caveat.waiting)} after them were not judged.`;
    case 'repeated-samples':
      return `${count(caveat.samples, 'sample was', 'samples were')} recorded twice and counted once.`;
    case 'requests-repeated':
      return `The documented ${count(caveat.documented, 'request')} were over after ${duration(caveat.afterMs)}; the load went on without a pause until the minimum time.`;
    case 'held':
      return `It was decided at an earlier look and stands; by all that was judged since, it would not be a ${caveat.decision} anew.`;
    case 'nearly-normal':
      return 'The bound takes the average over stretches of time as nearly normal.';
  }
}

/** Why the server's own counts could not be compared, or what was taken into account, in a sentence. */
export function countNoteWords(note: CountNote): string {
  switch (note.code) {
    case 'unreadable':
      return `The server’s own counts could not be read: ${note.detail}`;
    case 'no-metrics-url':
      return 'Neither --metrics nor --prometheus was given, so they are not known.';
    case 'not-recorded':
      return 'The server’s own counts were not recorded.';
    case 'balancer-answers':
      return `${count(note.requests, 'answer')} came from the balancer itself and ${note.requests === 1 ? 'is' : 'are'} in no replica’s count.`;
    case 'no-answers':
      return 'No answer is on record to hold them against.';
    case 'no-counter':
      return `The service has no counter of ${note.signal} under the name that was looked for.`;
    case 'restarted':
      return `${who(note.replica)} restarted ${count(note.times, 'time')}: its count is a lower bound.`;
    case 'unreachable':
      return `${who(note.replica)} could not be scraped ${count(note.times, 'time')} and may have restarted meanwhile: its count is a lower bound.`;
    case 'ended':
      return `${who(note.replica)} was last scraped before the last answer was in, since it went away or is scraped seldom: its count is a lower bound.`;
    case 'several-processes':
      return `${who(note.replica)} is several processes that answer scrapes in turn, each with counts of its own (${seenAs[note.seen]}), so nothing can be compared. A counter that adds them up would help, or a Prometheus that scrapes each.`;
    case 'unanswered':
      return `${count(note.requests, 'request')} ended without an answer: the server may or may not have counted them.`;
  }
}

/** Its name, where its series have one. */
function who(replica: string): string {
  return replica === '' ? 'The service' : replica;
}

const seenAs = {
  'start-times': 'start times go back and forth',
  counts: 'counts go down though it did not restart, or more than once',
} as const;

const groups =
  'If bad requests come in groups of g that did not show, g times as many requests are needed.';

/** A design effect of less is too little to speak of. */
const noticed = 1.05;

function independence(evidence: Evidence | undefined): string {
  if (evidence?.kind !== 'ratio')
    return 'Requests that follow each other count for less than independent ones.';
  const alike = count(Math.round(evidence.effective.pass), 'independent one');
  const counts = `${count(evidence.n, 'request counts', 'requests count')} like ${alike}`;
  return evidence.designEffect.pass > noticed
    ? `The requests clump: ${counts}.`
    : `To be careful, ${counts}.`;
}

/** Caveats of several rows: what concerns all of them, or all of a scenario, said once; and what is left for each row. */
export interface Caveats {
  common: string[];
  of: (row: VerdictRow) => string[];
}

export function caveatsOf(rows: readonly VerdictRow[]): Caveats {
  const measured = rows.filter((row) => caveatsIn(row).length > 0);
  const holders = new Map<string, VerdictRow[]>();
  for (const row of measured)
    for (const text of own(row)) holders.set(text, [...(holders.get(text) ?? []), row]);
  const shared = [...holders].flatMap(([text, having]) => {
    const where = having.length < 2 ? undefined : sharedBy(having, measured);
    return where === undefined ? [] : [{ text, said: `${where}${text}` }];
  });
  const once = new Set(shared.map(({ text }) => text));
  return {
    common: [...shared.map(({ said }) => said), ...always(measured)],
    of: (row) => own(row).filter((text) => !once.has(text)),
  };
}

/** What stands before a caveat that all these rows have: nothing where no other has been measured, else the scenarios. */
function sharedBy(
  having: readonly VerdictRow[],
  measured: readonly VerdictRow[],
): string | undefined {
  if (having.length === measured.length) return '';
  const scenarios = new Set(having.map(({ objective }) => objective?.scenario));
  const ofThem = measured.filter(({ objective }) => scenarios.has(objective?.scenario));
  return ofThem.length === having.length ? `${[...scenarios].join(', ')}: ` : undefined;
}

/** Caveats that every share and rate has, once for all: the shortest judged time says what may not have shown. */
function always(measured: readonly VerdictRow[]): string[] {
  const decided = measured.filter(({ decision }) => decision === 'pass' || decision === 'fail');
  const rows = decided.length > 0 ? decided : measured;
  const times = rows
    .flatMap(caveatsIn)
    .flatMap((caveat) => (caveat.code === 'this-run' ? [caveat.everyMs] : []));
  const grouped = measured.filter((row) => caveatsIn(row).some(({ code }) => code === 'groups'));
  const [first, ...others] = grouped;
  return [
    ...(first === undefined
      ? []
      : [
          others.length === 0
            ? caveatWords({ code: 'groups' }, first.evidence)
            : `${independence(undefined)} ${groups}`,
        ]),
    ...(times.length === 0
      ? []
      : [caveatWords({ code: 'this-run', everyMs: Math.min(...times) }, undefined)]),
  ];
}

/** Our client's fault says itself how many requests were late. */
function own(row: VerdictRow): string[] {
  return caveatsIn(row)
    .filter(
      ({ code }) =>
        code !== 'this-run' &&
        code !== 'groups' &&
        !(code === 'late' && row.reason?.code === 'client-fault'),
    )
    .map((caveat) => caveatWords(caveat, row.evidence));
}

function caveatsIn({ evidence }: VerdictRow): Caveat[] {
  return evidence !== undefined && 'caveats' in evidence ? evidence.caveats : [];
}
