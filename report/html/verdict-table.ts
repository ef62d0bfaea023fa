import { type ComponentChild, type ComponentChildren, h } from 'preact';
import type { Evidence, RunVerdicts } from '../../slo/verdict.ts';
import { duration, integer, percent, significant } from '../format.ts';
import {
  badWords,
  conflictsOf,
  type DecidedTarget,
  estimandWords,
  guaranteeOf,
  howSure,
  intervalWords,
  isDecided,
  judgedMsOf,
  nameOf,
  objectiveWords,
  rowsOf,
  stopWords,
  type VerdictRow,
} from '../wording.ts';
import { badge } from './elements.ts';

type ProfileVerdicts = RunVerdicts['profiles'][number];

const columns = ['Target', 'Decision', 'Bad of n', 'Share, bound and limit', 'τ, effective n', 'Guarantee', 'Why it stopped'];

/** The decided targets of a profile: a row per objective, and its reason in a row below. */
export function verdictTable(profile: ProfileVerdicts): ComponentChild {
  const decided = profile.targets.filter(isDecided);
  if (decided.length === 0) return h('p', null, 'Nothing was decided in this profile.');
  const judgedMs = Math.max(0, ...decided.flatMap(rowsOf).map((row) => judgedMsOf(row.evidence)));
  return h(
    'div',
    null,
    // Roles are written out because narrow screens lay the table out as cards, and then browsers drop them.
    h(
      'table',
      { class: 'verdicts', role: 'table' },
      h('caption', { class: 'visually-hidden' }, `Decided targets of ${profile.id}`),
      h(
        'thead',
        { role: 'rowgroup' },
        h(
          'tr',
          { role: 'row' },
          columns.map((column) => h('th', { scope: 'col', role: 'columnheader' }, column)),
        ),
      ),
      decided.map((target) =>
        h(
          'tbody',
          { role: 'rowgroup' },
          rowsOf(target).flatMap((row) => objectiveRows(profile, target, row)),
        ),
      ),
    ),
    h(
      'p',
      { class: 'note' },
      `${estimandWords(judgedMs)} Percentiles are shown on this page, never compared: a limit like “p95 < 200 ms” is judged as “at most 5 % of the requests failed or took 200 ms or more”.`,
    ),
  );
}

function objectiveRows(profile: ProfileVerdicts, target: DecidedTarget, row: VerdictRow): ComponentChild[] {
  const cell = (at: number, ...children: ComponentChildren[]) =>
    h('td', { role: 'cell', 'data-label': columns[at] ?? '' }, children);
  const { evidence, objective } = row;
  return [
    h(
      'tr',
      { role: 'row', class: 'verdict' },
      h(
        'th',
        { scope: 'row', role: 'rowheader' },
        h('span', { class: 'id' }, nameOf(target, row)),
        h('span', { class: 'promise' }, objective === undefined ? '' : objectiveWords(objective)),
        h('span', { class: 'statement' }, target.statement, ' ', h('span', { class: 'section' }, `§ ${target.section}`)),
        target.implied === undefined ? null : h('span', { class: 'implied' }, `† implied by the document: ${target.implied}`),
      ),
      cell(1, badge(row.decision)),
      cell(2, ...badOfN(evidence, row)),
      cell(3, ...bounds(evidence)),
      cell(4, ...independence(evidence)),
      cell(5, h('span', null, guaranteeOf(evidence))),
      cell(6, h('span', null, row.stop === undefined ? '–' : stopWords[row.stop]), ...lengths(row)),
    ),
    h(
      'tr',
      { role: 'row', class: 'reason' },
      h(
        'td',
        { role: 'cell', colSpan: columns.length },
        h('span', { class: 'why' }, row.reason),
        h('span', { class: 'small' }, [howSure(row.decision, evidence), ...caveats(evidence)].join(' ')),
        conflictsOf(profile, target.id).map(({ statement }) =>
          h('span', { class: 'conflict' }, h('strong', null, 'Conflict in the document: '), statement),
        ),
      ),
    ),
  ];
}

function badOfN(evidence: Evidence | undefined, { objective }: VerdictRow): ComponentChild[] {
  const meaning = objective === undefined ? [] : [h('span', { class: 'small' }, `bad: ${badWords(objective)}`)];
  switch (evidence?.kind) {
    case 'ratio': {
      const certain =
        evidence.certainlyBad === evidence.bad
          ? []
          : [h('span', { class: 'small' }, `${integer(evidence.certainlyBad)} certainly bad`)];
      return [h('span', { class: 'figure' }, `${integer(evidence.bad)} of ${integer(evidence.n)}`), ...certain, ...meaning];
    }
    case 'rate':
      return [
        h('span', { class: 'figure' }, integer(evidence.good)),
        h('span', { class: 'small' }, `good answers in ${integer(evidence.blocks)} s`),
      ];
    case 'duration':
      return [h('span', { class: 'figure' }, `${integer(evidence.seconds.length)} times`)];
    case 'exact':
      return [h('span', { class: 'small' }, 'one check, no count')];
    default:
      return [h('span', null, '–')];
  }
}

function bounds(evidence: Evidence | undefined): ComponentChild[] {
  switch (evidence?.kind) {
    case 'ratio':
      return [
        h('span', { class: 'figure' }, percent(evidence.n === 0 ? 0 : evidence.bad / evidence.n)),
        strip(
          evidence.bounds.lower,
          evidence.bounds.upper,
          evidence.allowedShare,
          evidence.n === 0 ? 0 : evidence.bad / evidence.n,
        ),
        h('span', { class: 'small' }, `${percent(evidence.bounds.confidence)} bound ${intervalWords(evidence)}`),
        h('span', { class: 'small' }, `limit ${percent(evidence.allowedShare)}`),
      ];
    case 'rate':
      return [
        h('span', { class: 'figure' }, `${significant(evidence.perSecond)}/s`),
        strip(evidence.bounds.lower, evidence.bounds.upper, evidence.minPerSecond, evidence.perSecond),
        h('span', { class: 'small' }, `${percent(evidence.bounds.confidence)} bound ${intervalWords(evidence)}`),
        h('span', { class: 'small' }, `limit ${significant(evidence.minPerSecond)}/s`),
      ];
    case 'duration':
      return [
        h('span', { class: 'figure' }, `${significant(Math.max(0, ...evidence.seconds))} s`),
        h('span', { class: 'small' }, `slowest; limit ${significant(evidence.limitSeconds)} s`),
      ];
    case 'exact':
      return [
        h('span', { class: 'small' }, `expected: ${evidence.expected}`),
        h('span', { class: 'small' }, `seen: ${evidence.seen}`),
      ];
    default:
      return [h('span', null, '–')];
  }
}

/** The interval against its limit, from none to three times the limit. The figures stand beside it. */
function strip(lower: number, upper: number, limit: number, seen: number): ComponentChild {
  const at = (value: number) => 100 * Math.sqrt(Math.min(1, Math.max(0, value / (3 * limit))));
  const width = Math.max(1.5, at(upper) - at(lower));
  const place = (value: number) => value.toFixed(1);
  return h(
    'svg',
    { class: 'strip', viewBox: '0 0 100 14', preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' },
    h('rect', { class: 'track', x: 0, y: 5, width: 100, height: 4 }),
    h('rect', { class: 'range', x: place(at(lower)), y: 4, width: place(width), height: 6 }),
    h('rect', { class: 'seen', x: place(Math.max(0, at(seen) - 0.6)), y: 2, width: 1.2, height: 10 }),
    h('rect', { class: 'limit', x: place(at(limit) - 0.6), y: 0, width: 1.2, height: 14 }),
  );
}

function independence(evidence: Evidence | undefined): ComponentChild[] {
  if (evidence?.kind === 'ratio') {
    return [
      h('span', { class: 'figure' }, `τ ${significant(evidence.tau)}`),
      h('span', { class: 'small' }, `${integer(evidence.effective)} effective (n ÷ ${significant(evidence.temper)}τ)`),
    ];
  }
  return [h('span', { class: 'figure' }, evidence?.kind === 'rate' ? `τ ${significant(evidence.tau)}` : '–')];
}

function caveats(evidence: Evidence | undefined): readonly string[] {
  return evidence !== undefined && 'caveats' in evidence ? evidence.caveats : [];
}

function lengths({ evidence, neededSeconds }: VerdictRow): ComponentChild[] {
  const judged = judgedMsOf(evidence);
  return [
    ...(judged > 0 ? [h('span', { class: 'small' }, `after ${duration(judged)} of judged load`)] : []),
    ...(neededSeconds === undefined
      ? []
      : [h('span', { class: 'small' }, `about ${duration(neededSeconds * 1000)} would decide it`)]),
  ];
}
