import { markdownTable } from 'markdown-table';
import type { RunVerdicts } from '../slo/verdict.ts';
import { apartWords } from './content/apart.ts';
import { caveatsOf } from './content/caveats.ts';
import { countWords } from './content/counts.ts';
import { failureWords } from './content/failures.ts';
import { duration, plain, shellQuote, spaced } from './content/format.ts';
import { headline } from './content/headline.ts';
import { methodColumns, methodRows, methodWords } from './content/method.ts';
import { openReasons } from './content/open-reasons.ts';
import { notRunWords } from './content/reasons.ts';
import {
  conflictsOf,
  everythingDecided,
  isDecided,
  judgedMsOf,
  nameOf,
  notRunTargets,
  ownTargets,
  type ProfileVerdicts,
  rowsOf,
  silentIn,
  verdictWords,
} from './content/rows.ts';
import { spreadWords } from './content/spread.ts';
import { boundWords, marks, seenWords } from './content/wording.ts';

/** Text of others, so that neither Markdown nor HTML nor an autolink comes of it. */
export function escapeMarkdown(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~#!]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('://', ':&#47;/')
    .replaceAll(/\bwww\./gi, '$&&#8203;');
}

/** `summary.md`: what a reviewer reads in the step summary of a CI run. `folder` is the run folder, as the reader may type it. */
export function renderMarkdown(verdicts: RunVerdicts, folder?: string): string {
  const { decision, title, detail } = headline(verdicts);
  const decided = everythingDecided(verdicts);
  const blocks = [
    `## ${marks[decision]} ${escapeMarkdown(title)}`,
    `Exit code ${verdicts.exitCode}: ${detail}.${verdicts.simulated ? ' **Simulated GPU**: its figures are a model’s, not real hardware’s.' : ''}`,
    ...verdicts.warnings.map((warning) => `> [!WARNING]\n> ${escapeMarkdown(warning)}`),
    decided.length > 0 ? decidedTable(verdicts) : 'No target was decided.',
    caveatsOf(decided.flatMap(rowsOf)).common.map(escapeMarkdown).join('\n'),
    failureWords(verdicts)
      .map((line) => `- ${escapeMarkdown(line)}`)
      .join('\n'),
    [...spreadWords(verdicts), ...countWords(verdicts)].map(escapeMarkdown).join('\n'),
    verdicts.profiles
      .map(reasons)
      .filter((lines) => lines !== '')
      .join('\n'),
    method(verdicts),
    notRun(verdicts),
    `Run ${code(verdicts.run)}. The bound holds the true share of bad requests, beside what is allowed.${folder === undefined ? '' : again(folder)}`,
  ];
  return spaced(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

function again(folder: string): string {
  return ` Again, from the evidence alone: ${code(`npm run judge -- ${shellQuote(folder)}`)}`;
}

function decidedTable(verdicts: RunVerdicts): string {
  const rows = everythingDecided(verdicts).flatMap((target) =>
    rowsOf(target).map((row) => [
      escapeMarkdown(nameOf(target, row)),
      `${marks[row.decision]} ${verdictWords(target, row)}`,
      escapeMarkdown(seenWords(row)),
      escapeMarkdown(boundWords(row)),
      judgedMsOf(row.evidence) > 0 ? duration(judgedMsOf(row.evidence)) : '–',
    ]),
  );
  return table(['Target', 'Verdict', 'Seen', 'Bound', 'Judged'], rows, ['l', 'l', 'l', 'l', 'r']);
}

function table(head: readonly string[], rows: readonly string[][], align: ('l' | 'r')[]): string {
  return markdownTable([[...head], ...rows], {
    align,
    stringLength: () => 0,
    alignDelimiters: false,
    padding: true,
  });
}

function reasons(profile: ProfileVerdicts): string {
  const decided = [...profile.targets.filter(isDecided), ...ownTargets(profile)];
  const lines = openReasons(decided).map(
    ({ decision, names, why }) =>
      `- **${names.map(escapeMarkdown).join(', ')}** ${decision}: ${escapeMarkdown(why)}`,
  );
  const apart = decided.flatMap(apartWords).map((line) => `- ${escapeMarkdown(line)}`);
  const silent = silentIn(profile).map(
    (one) => `- **${escapeMarkdown(one.id)}** not run: ${escapeMarkdown(notRunWords(one))}`,
  );
  const { all, some } = conflictsOf(profile);
  const open = new Set(decided.filter(({ decision }) => decision !== 'pass').map(({ id }) => id));
  const conflicts = [...all, ...some]
    .filter(({ touches }) => touches.some((id) => open.has(id)))
    .map(({ statement, touches }) => {
      const ids = decided.map(({ id }) => id).filter((id) => touches.includes(id));
      return `- Conflict in the document about ${ids.map(escapeMarkdown).join(', ')}: ${escapeMarkdown(statement)}`;
    });
  return [...lines, ...apart, ...silent, ...conflicts].join('\n');
}

function method(verdicts: RunVerdicts): string {
  const rows = verdicts.profiles
    .flatMap((profile) => methodRows(profile))
    .map((row) => row.map(escapeMarkdown));
  if (rows.length === 0) return '';
  const align = methodColumns.map(({ numeric }) => (numeric ? 'r' : 'l'));
  const titles = methodColumns.map(({ title }) => title);
  return `<details><summary>Method</summary>\n\n${escapeMarkdown(methodWords)}\n\n${table(titles, rows, align)}\n\n</details>`;
}

function notRun(verdicts: RunVerdicts): string {
  const targets = notRunTargets(verdicts);
  if (targets.length === 0) return '';
  const lines = targets.map(
    (target) =>
      `- **${escapeMarkdown(target.id)}** ${escapeMarkdown(target.statement)} ${escapeMarkdown(notRunWords(target))}`,
  );
  return `<details><summary>${targets.length} not run</summary>\n\n${lines.join('\n')}\n\n</details>`;
}

/** A code span that its content cannot end. */
function code(text: string): string {
  const clean = plain(text);
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${clean} ${fence}` : `${fence}${clean}${fence}`;
}
