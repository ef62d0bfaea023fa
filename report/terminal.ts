import { stripVTControlCharacters, styleText } from 'node:util';
import Table from 'cli-table3';
import { runFiles } from '../evidence/run.ts';
import type { Decision, RunVerdicts } from '../slo/verdict.ts';
import { integer, percent, plain, significant, spaced } from './format.ts';
import {
  conflictsOf,
  decidedTargets,
  guaranteeOf,
  headline,
  marks,
  nameOf,
  notRunTargets,
  objectiveWords,
  rowsOf,
  seenWords,
  type VerdictRow,
} from './wording.ts';

export interface TerminalOptions {
  /** Columns. */
  width: number;
  /** False when `NO_COLOR` is set or the output is no terminal. */
  color: boolean;
  /** Path of the run folder, as the reader may type it. */
  folder?: string;
}

const colours: Record<Decision, Parameters<typeof styleText>[0]> = {
  fail: ['red', 'bold'],
  invalid: ['magenta', 'bold'],
  inconclusive: 'yellow',
  pass: 'green',
};

const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((place) => [place, '']),
);

/** What a person at a terminal reads when a run ends. No line is longer than `width`, unless a single word is. */
export function renderTerminal(verdicts: RunVerdicts, options: TerminalOptions): string {
  const paint = (decision: Decision, text: string) =>
    options.color ? styleText(colours[decision], text, { validateStream: false }) : text;
  const wrap = (text: string, indent = '') => wrapWords(text, Math.max(20, options.width), indent);
  const { decision, title, detail } = headline(verdicts);
  const blocks = [
    decidedTargets(verdicts).length > 0 ? verdictTable(verdicts, options, paint) : '',
    verdicts.simulated
      ? wrap('Simulated: the GPU is the reference server’s model; its figures say nothing of real hardware.')
      : '',
    notRunLine(verdicts, wrap),
    reasons(verdicts, wrap, paint),
    verdicts.warnings.map((warning) => wrap(`Warning: ${plain(warning)}`, '  ')).join('\n'),
    paint(decision, wrap(`${marks[decision]} ${plain(title)} (${detail}; exit code ${verdicts.exitCode})`)),
    options.folder === undefined ? '' : `Report: ${plain(options.folder)}/${runFiles.html}`,
  ];
  return spaced(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

function verdictTable(
  verdicts: RunVerdicts,
  { width }: TerminalOptions,
  paint: (decision: Decision, text: string) => string,
): string {
  const roomy = width >= 120;
  const right = 'right' as const;
  const left = 'left' as const;
  const table = new Table({
    head: ['target', 'verdict', ...(roomy ? ['promise'] : []), 'n', 'bad', 'bound', 'limit', 'τ', 'guarantee'],
    colAligns: [left, left, ...(roomy ? [left] : []), right, right, right, right, right, left],
    chars: { ...noBorders, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const target of decidedTargets(verdicts)) {
    for (const row of rowsOf(target)) {
      const verdict = paint(row.decision, `${marks[row.decision]} ${row.decision}`);
      const promise = row.objective === undefined ? '' : objectiveWords(row.objective);
      table.push([plain(nameOf(target, row)), verdict, ...(roomy ? [promise] : []), ...figures(row), guaranteeOf(row.evidence)]);
    }
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** n, bad, bound, limit, τ. The bound that matters: the upper one, but the lower one of a fail, and of a rate. */
function figures({ decision, evidence, objective }: VerdictRow): string[] {
  if (evidence?.kind === 'ratio') {
    const bound = decision === 'fail' ? `≥ ${percent(evidence.bounds.lower)}` : `≤ ${percent(evidence.bounds.upper)}`;
    return [integer(evidence.n), integer(evidence.bad), bound, percent(evidence.allowedShare), significant(evidence.tau)];
  }
  if (evidence?.kind === 'rate') {
    const bound = decision === 'fail' ? `≤ ${significant(evidence.bounds.upper)}/s` : `≥ ${significant(evidence.bounds.lower)}/s`;
    return [integer(evidence.good), '–', bound, `${significant(evidence.minPerSecond)}/s`, significant(evidence.tau)];
  }
  if (evidence?.kind === 'duration') {
    const slowest = `${significant(Math.max(0, ...evidence.seconds))} s`;
    return [integer(evidence.seconds.length), '–', slowest, `${significant(evidence.limitSeconds)} s`, '–'];
  }
  return ['–', '–', '–', objective !== undefined && 'maxShare' in objective ? percent(objective.maxShare) : '–', '–'];
}

function notRunLine(verdicts: RunVerdicts, wrap: (text: string, indent?: string) => string): string {
  const ids = notRunTargets(verdicts).map((target) => plain(target.id));
  return ids.length === 0 ? '' : wrap(`Not run: ${ids.length} (${ids.join(', ')}); each with its reason in the report`, '  ');
}

/** Why each target that did not pass did not, and where the document itself is part of the answer. */
function reasons(
  verdicts: RunVerdicts,
  wrap: (text: string, indent?: string) => string,
  paint: (decision: Decision, text: string) => string,
): string {
  const missed = verdicts.profiles.flatMap((profile) =>
    decidedTargets({ ...verdicts, profiles: [profile] })
      .filter(({ decision }) => decision !== 'pass')
      .map((target) => ({ target, conflicts: conflictsOf(profile, target.id).length })),
  );
  const lines = missed.flatMap(({ target }) =>
    rowsOf(target)
      .filter(({ decision }) => decision !== 'pass')
      .map((row) => {
        const seen = row.evidence?.kind === 'exact' ? ` Seen: ${plain(seenWords(row.evidence))}.` : '';
        return paint(row.decision, wrap(`${plain(nameOf(target, row))} ${row.decision}: ${plain(row.reason)}${seen}`, '  '));
      }),
  );
  const contradicted = missed.filter(({ conflicts }) => conflicts > 0).map(({ target }) => plain(target.id));
  if (contradicted.length > 0) {
    lines.push(wrap(`The document contradicts itself about ${contradicted.join(', ')}: the report says how.`, '  '));
  }
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
