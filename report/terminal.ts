import { stripVTControlCharacters, styleText } from 'node:util';
import type { Decision, RunVerdicts } from '../slo/verdict.ts';
import { apartWords } from './content/apart.ts';
import { caveatsOf } from './content/caveats.ts';
import { countWords } from './content/counts.ts';
import { failureWords } from './content/failures.ts';
import { plain, spaced } from './content/format.ts';
import { headline } from './content/headline.ts';
import { openReasons } from './content/open-reasons.ts';
import { notRunWords } from './content/reasons.ts';
import {
  conflictsOf,
  decidedTargets,
  everythingDecided,
  nameOf,
  notRunTargets,
  rowsOf,
  silentIn,
  type VerdictRow,
  verdictWords,
} from './content/rows.ts';
import { spreadWords } from './content/spread.ts';
import { boundWords, marks, seenWords } from './content/wording.ts';
import { terminalTable } from './terminal-table.ts';

export interface TerminalOptions {
  /** Columns. */
  width: number;
  /** False when `NO_COLOR` is set or the output is no terminal. */
  color: boolean;
}

const colours: Record<Decision, Parameters<typeof styleText>[0]> = {
  fail: ['red', 'bold'],
  invalid: ['magenta', 'bold'],
  inconclusive: 'yellow',
  pass: 'green',
};

/** What a person at a terminal reads when a run ends. No line is longer than `width`, unless a single word is. */
export function renderTerminal(verdicts: RunVerdicts, options: TerminalOptions): string {
  const paint: Paint = (decision, text) =>
    options.color ? styleText(colours[decision], text, { validateStream: false }) : text;
  const wrap = (text: string, indent = '') => wrapWords(text, Math.max(20, options.width), indent);
  const { decision, title, detail } = headline(verdicts);
  const blocks = [
    everythingDecided(verdicts).length > 0 ? verdictTable(verdicts, options, paint) : '',
    reasons(verdicts, wrap, paint),
    failureWords(verdicts)
      .map((line) => wrap(plain(line), '  '))
      .join('\n'),
    caveats(verdicts, wrap),
    verdicts.simulated
      ? wrap(
          'Simulated: the GPU is the reference server’s model; its figures say nothing of real hardware.',
        )
      : '',
    [spreadWords, countWords]
      .flatMap((words) => words(verdicts))
      .map((line) => wrap(plain(line), '  '))
      .join('\n'),
    notRunLine(verdicts, wrap),
    verdicts.warnings.map((warning) => wrap(`Warning: ${plain(warning)}`, '  ')).join('\n'),
    paint(
      decision,
      wrap(`${marks[decision]} ${plain(title)} (${detail}; exit code ${verdicts.exitCode})`),
    ),
  ];
  return spaced(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

type Paint = (decision: Decision, text: string) => string;
type Wrap = (text: string, indent?: string) => string;

/** The first way to write seen and bound that fits: in full, without what stands twice, or one above the other. */
function verdictTable(verdicts: RunVerdicts, { width }: TerminalOptions, paint: Paint): string {
  const written = [
    (row: VerdictRow) => [seenWords(row), boundWords(row)],
    (row: VerdictRow) => [seenWords(row, true), boundWords(row)],
    (row: VerdictRow) => [`${seenWords(row, true)}\n${boundWords(row)}`],
  ].map((cells) => tableOf(verdicts, paint, cells));
  const fits = (text: string) =>
    text.split('\n').every((line) => stripVTControlCharacters(line).length <= width);
  return written.find(fits) ?? written.at(-1) ?? '';
}

function tableOf(
  verdicts: RunVerdicts,
  paint: Paint,
  cells: (row: VerdictRow) => string[],
): string {
  const rows = everythingDecided(verdicts).flatMap((target) =>
    rowsOf(target).map((row) => {
      const verdict = paint(row.decision, `${marks[row.decision]} ${verdictWords(target, row)}`);
      return [
        plain(nameOf(target, row)),
        verdict,
        ...cells(row).map((cell) => cell.split('\n').map(plain).join('\n')),
      ];
    }),
  );
  const head = ['target', 'verdict', 'seen', 'bound'];
  const columns = rows[0]?.length ?? head.length;
  return terminalTable(
    columns < head.length ? ['target', 'verdict', 'seen and bound'] : head,
    rows,
  );
}

/** How to read the bound, and what concerns all rows, once. */
function caveats(verdicts: RunVerdicts, wrap: Wrap): string {
  const rows = decidedTargets(verdicts).flatMap(rowsOf);
  const shares = rows.some(({ evidence }) => evidence?.kind === 'ratio');
  const bound =
    'Bound: the share of requests that may really be bad, too slow ones included, of what is allowed.';
  return [...(shares ? [bound] : []), ...caveatsOf(rows).common]
    .map((line) => wrap(plain(line), '  '))
    .join('\n');
}

function notRunLine(verdicts: RunVerdicts, wrap: Wrap): string {
  const ids = notRunTargets(verdicts).map((target) => plain(target.id));
  return ids.length === 0
    ? ''
    : wrap(`Not run: ${ids.length} (${ids.join(', ')}); each with its reason in the report`, '  ');
}

/** Why each target that did not pass did not, the same reason once; and where the document itself is part of the answer. */
function reasons(verdicts: RunVerdicts, wrap: Wrap, paint: Paint): string {
  const decided = everythingDecided(verdicts);
  const open = decided.filter(({ decision }) => decision !== 'pass');
  const lines = openReasons(decided).map(({ decision, names, why }) =>
    paint(decision, wrap(`${names.map(plain).join(', ')} ${decision}: ${plain(why)}`, '  ')),
  );
  lines.push(
    ...decided.flatMap(apartWords).map((line) => wrap(plain(line), '  ')),
    ...verdicts.profiles
      .flatMap(silentIn)
      .map((one) => wrap(`${plain(one.id)} not run: ${plain(notRunWords(one))}`, '  ')),
  );
  const contradicted = verdicts.profiles.flatMap((profile) => {
    const { all, some } = conflictsOf(profile);
    return [...all, ...some].flatMap(({ touches }) => touches);
  });
  const about = open.filter(({ id }) => contradicted.includes(id)).map(({ id }) => plain(id));
  if (about.length > 0)
    lines.push(
      wrap(`The document contradicts itself about ${about.join(', ')}: the report says how.`, '  '),
    );
  return lines.join('\n');
}

function wrapWords(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stripVTControlCharacters(next).length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = next;
  }
  return [...lines, line].join('\n');
}
