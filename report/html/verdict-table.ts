import { type ComponentChild, type ComponentChildren, h } from 'preact';
import { apartWords } from '../content/apart.ts';
import { type Caveats, caveatsOf } from '../content/caveats.ts';
import { duration } from '../content/format.ts';
import { methodColumns, methodRows, methodWords } from '../content/method.ts';
import { reasonWords } from '../content/reasons.ts';
import {
  conflictsOf,
  type DecidedTarget,
  isDecided,
  judgedMsOf,
  nameOf,
  type ProfileVerdicts,
  rowsOf,
  type VerdictRow,
  verdictWords,
} from '../content/rows.ts';
import { boundSentence, objectiveWords, seenWords, stopWords } from '../content/wording.ts';
import { badge, dataTable, disclosure } from './elements.ts';

const columns = ['Target', 'Verdict', 'Seen', 'Bound and limit', 'Judged'];

/** The decided targets of a profile: a row per objective, and its reason in a row below. What concerns all rows stands once, below. */
export function verdictTable(profile: ProfileVerdicts): ComponentChild {
  const decided = profile.targets.filter(isDecided);
  if (decided.length === 0) return h('p', null, 'Nothing was decided in this profile.');
  const caveats = caveatsOf(decided.flatMap(rowsOf));
  const method = methodRows(profile);
  const reasons = reasonsOnce(decided);
  return h(
    'div',
    null,
    // Roles are written out because narrow screens lay the table out as cards, and then browsers drop them.
    h(
      'table',
      { class: 'verdicts', role: 'table', 'aria-label': `Decided targets of ${profile.id}` },
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
          rowsOf(target).flatMap((row, at) =>
            objectiveRows(target, row, {
              why: reasons(target, row),
              caveats: caveats.of(row),
              conflicts: at === 0 ? conflicts(profile, target) : [],
              apart: at === 0 ? apartWords(target) : [],
              isFirst: at === 0,
            }),
          ),
        ),
      ),
    ),
    notes(profile, caveats),
    method.length === 0
      ? null
      : disclosure('Method: how each was judged', [
          h('p', null, h('small', null, methodWords)),
          dataTable(`How the objectives of ${profile.id} were judged`, methodColumns, method),
        ]),
  );
}

/** Each reason in full where it comes first; the rows that share it name that one. */
function reasonsOnce(
  decided: readonly DecidedTarget[],
): (target: DecidedTarget, row: VerdictRow) => string {
  const first = new Map<string, string>();
  for (const target of decided) {
    for (const row of rowsOf(target)) {
      const words = reasonWords(row);
      if (!first.has(words)) first.set(words, nameOf(target, row));
    }
  }
  return (target, row) => {
    // What was looked at is listed below.
    if (row.reason?.code === 'as-expected') return '';
    if (row.reason?.code === 'not-as-expected') return reasonWords(row);
    const words = reasonWords(row);
    const name = first.get(words);
    return words === '' || name === nameOf(target, row) ? words : `The same as for ${name}.`;
  };
}

/** Conflicts that touch this target and not every other one. */
function conflicts(profile: ProfileVerdicts, { id }: DecidedTarget): string[] {
  return conflictsOf(profile)
    .some.filter(({ touches }) => touches.includes(id))
    .map(({ statement }) => statement);
}

/** What concerns every row. */
function notes(profile: ProfileVerdicts, { common }: Caveats): ComponentChild {
  const { all } = conflictsOf(profile);
  if (common.length + all.length === 0) return null;
  return h(
    'div',
    null,
    all.map(({ statement }) => conflict(statement)),
    common.map((caveat) => h('p', null, h('small', null, caveat))),
  );
}

function conflict(statement: string): ComponentChild {
  return h('p', { class: 'conflict' }, h('strong', null, 'Conflict in the document: '), statement);
}

function objectiveRows(
  target: DecidedTarget,
  row: VerdictRow,
  said: {
    why: string;
    caveats: readonly string[];
    conflicts: readonly string[];
    apart: readonly string[];
    /** Of the rows of its target. */
    isFirst: boolean;
  },
): ComponentChild[] {
  const cell = (at: number, ...children: ComponentChildren[]) =>
    h('td', { role: 'cell', 'data-label': columns[at] ?? '' }, children);
  const { evidence, objective, stop } = row;
  const judgedMs = judgedMsOf(evidence);
  return [
    h(
      'tr',
      { role: 'row' },
      h(
        'th',
        { scope: 'row', role: 'rowheader' },
        h('strong', null, nameOf(target, row)),
        objective === undefined ? null : h('strong', null, objectiveWords(objective)),
        said.isFirst ? statement(target) : null,
      ),
      cell(
        1,
        badge(row.decision),
        verdictWords(target, row) === row.decision
          ? null
          : h('small', null, verdictWords(target, row)),
      ),
      cell(2, seen(row)),
      cell(3, ...bound(row)),
      cell(
        4,
        h('span', null, judgedMs > 0 ? duration(judgedMs) : '–'),
        stop === undefined || stop === 'decided' ? null : h('small', null, stopWords[stop]),
      ),
    ),
    h(
      'tr',
      { role: 'row' },
      h(
        'td',
        { role: 'cell', class: 'reason', colSpan: columns.length },
        said.why === '' ? null : h('p', null, said.why),
        observations(row),
        row.reason?.code === 'check-crashed'
          ? disclosure('Stack', h('pre', null, row.reason.detail))
          : null,
        said.caveats.length === 0 ? null : h('small', null, said.caveats.join(' ')),
        said.apart.map((line) => h('p', null, line)),
        said.conflicts.map(conflict),
      ),
    ),
  ];
}

function statement({ statement: words, section, implied }: DecidedTarget): ComponentChild {
  return [
    h('span', null, words, ' ', section === '' ? null : h('small', null, `§ ${section}`)),
    implied === undefined ? null : h('small', null, `† implied by the document: ${implied}`),
  ];
}

function seen(row: VerdictRow): ComponentChild {
  return h('strong', null, seenWords(row));
}

/** What a check looked at: what was not as expected in full, the rest on demand. */
function observations({ evidence }: VerdictRow): ComponentChild {
  if (evidence?.kind !== 'exact') return null;
  const rows = (ok: boolean) =>
    evidence.shown
      .filter((one) => one.ok === ok)
      .map(({ subject, expected, seen: found, repeat }) =>
        h(
          'li',
          null,
          h('strong', null, subject),
          ok ? `: ${found}` : `: expected ${expected}, seen ${found}`,
          repeat === undefined || ok ? null : h('pre', null, h('code', null, repeat)),
        ),
      );
  const [failed, fine] = [rows(false), rows(true)];
  const more = evidence.observations - evidence.shown.length;
  return [
    failed.length === 0 ? null : h('ul', null, failed),
    fine.length === 0
      ? null
      : disclosure(
          `${fine.length + more} as expected`,
          h('ul', null, fine, more > 0 ? h('li', null, `and ${more} more`) : null),
        ),
  ];
}

function bound(row: VerdictRow): ComponentChild[] {
  const { evidence } = row;
  const words = h('small', null, boundSentence(row));
  if (row.decision === 'invalid') return [words];
  if (evidence?.kind === 'ratio')
    return [
      strip(evidence.bounds, evidence.allowedShare, evidence.bad / Math.max(1, evidence.n)),
      words,
    ];
  if (evidence?.kind === 'rate')
    return [strip(evidence.bounds, evidence.minPerSecond, evidence.perSecond), words];
  return [words];
}

/** The interval against its limit, from none to three times the limit. The figures stand beside it. */
function strip(
  { lower, upper }: { lower: number; upper: number },
  limit: number,
  seenAt: number,
): ComponentChild {
  const at = (value: number) => 100 * Math.sqrt(Math.min(1, Math.max(0, value / (3 * limit))));
  const width = Math.max(1.5, at(upper) - at(lower));
  const place = (value: number) => value.toFixed(1);
  return h(
    'svg',
    {
      width: 220,
      height: 14,
      viewBox: '0 0 100 14',
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    h('rect', { fill: 'var(--border)', x: 0, y: 5, width: 100, height: 4 }),
    h('rect', {
      fill: 'var(--p50)',
      x: place(Math.min(at(lower), 100 - width)),
      y: 4,
      width: place(width),
      height: 6,
    }),
    h('rect', {
      fill: 'var(--text)',
      x: place(Math.min(98.8, Math.max(0, at(seenAt) - 0.6))),
      y: 2,
      width: 1.2,
      height: 10,
    }),
    h('rect', { fill: 'var(--limit)', x: place(at(limit) - 0.6), y: 0, width: 1.2, height: 14 }),
  );
}
