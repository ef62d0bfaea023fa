import { markdownTable } from 'markdown-table';
import type { RunVerdicts } from '../slo/verdict.ts';
import { duration, plain, shellQuote, significant, spaced } from './format.ts';
import {
  conflictsOf,
  decidedTargets,
  guaranteeOf,
  headline,
  intervalWords,
  judgedMsOf,
  marks,
  nameOf,
  notRunTargets,
  objectiveWords,
  rowsOf,
  seenWords,
} from './wording.ts';

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

/** `summary.md`: what a reviewer reads in the step summary of a CI run. */
export function renderMarkdown(verdicts: RunVerdicts): string {
  const { decision, title, detail } = headline(verdicts);
  const decided = decidedTargets(verdicts);
  const blocks = [
    `## ${marks[decision]} ${escapeMarkdown(title)}`,
    `Exit code ${verdicts.exitCode}: ${detail}.${verdicts.simulated ? ' **Simulated GPU**: its figures are a model’s, not real hardware’s.' : ''}`,
    ...verdicts.warnings.map((warning) => `> [!WARNING]\n> ${escapeMarkdown(warning)}`),
    decided.length > 0 ? decidedTable(verdicts) : 'No target was decided.',
    reasons(verdicts),
    notRun(verdicts),
    `Run ${code(verdicts.run)}. *Seen* is the share over the load of this run; *bound* holds the true one at the stated confidence. Again, from the evidence alone: ${code(`npm run judge -- ${shellQuote(`runs/${verdicts.run}`)}`)}`,
  ];
  return spaced(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

function decidedTable(verdicts: RunVerdicts): string {
  const rows = decidedTargets(verdicts).flatMap((target) =>
    rowsOf(target).map((row) => {
      const { decision, objective, evidence } = row;
      return [
        escapeMarkdown(nameOf(target, row)),
        `${marks[decision]} ${decision}`,
        escapeMarkdown(objective === undefined ? target.statement : objectiveWords(objective)),
        escapeMarkdown(seenWords(evidence)),
        escapeMarkdown(intervalWords(evidence)),
        evidence?.kind === 'ratio' || evidence?.kind === 'rate' ? significant(evidence.tau) : '–',
        guaranteeOf(evidence),
        judgedMsOf(evidence) > 0 ? duration(judgedMsOf(evidence)) : '–',
      ];
    }),
  );
  const head = ['Target', 'Verdict', 'Promise', 'Seen', 'Bound', 'τ', 'Guarantee', 'Judged'];
  return markdownTable([head, ...rows], {
    align: ['l', 'l', 'l', 'r', 'r', 'r', 'l', 'r'],
    stringLength: () => 0,
    alignDelimiters: false,
    padding: true,
  });
}

function reasons(verdicts: RunVerdicts): string {
  return verdicts.profiles
    .flatMap((profile) =>
      decidedTargets({ ...verdicts, profiles: [profile] })
        .filter((target) => target.decision !== 'pass')
        .flatMap((target) => [
          `- **${escapeMarkdown(target.id)}** ${target.decision}: ${escapeMarkdown(target.reason)}`,
          ...conflictsOf(profile, target.id).map(
            (conflict) => `  - Conflict in the document: ${escapeMarkdown(conflict.statement)}`,
          ),
        ]),
    )
    .join('\n');
}

function notRun(verdicts: RunVerdicts): string {
  const targets = notRunTargets(verdicts);
  if (targets.length === 0) return '';
  const lines = targets.map(
    (target) => `- **${escapeMarkdown(target.id)}** ${escapeMarkdown(target.statement)} ${escapeMarkdown(target.reason)}`,
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
