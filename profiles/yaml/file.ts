import { LineCounter, parseDocument } from 'yaml';
import { readUtf8 } from '../../machine/utf8-file.ts';
import { didYouMean } from '../../slo/did-you-mean.ts';
import { SuiteError, usageError } from '../../slo/errors.ts';
import type { Profile } from '../../slo/profile.ts';
import { type KnownChecks, partIssues } from '../check-parts.ts';
import { profileSchema } from '../profile-schema.ts';
import { offsetOf, spellingOf, wrongMerges, wrongNumbers } from './nodes.ts';
import { asking, problems } from './problems.ts';
import { causesOf, type TextProblem, variablesIn } from './text.ts';

type Document = ReturnType<typeof parseDocument>;

/**
 * Reads a team's own profile, a YAML file (JSON is YAML too).
 * Throws `USAGE` with everything that is wrong at once: `file:line:column`, key path, the value found and what would be right.
 */
export async function loadProfileFile(path: string, checks: KnownChecks): Promise<Profile> {
  const text = readUtf8('The profile file', path);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const wrong = (what: string, found: readonly TextProblem[]) => refusal(path, what, found, lines);

  const variables = variablesIn(text);
  if (variables.length > 0) throw wrong('is not a profile', variables);
  const causes = causesOf([...document.errors, ...document.warnings], text);
  if (causes.length > 0) throw wrong('is not valid YAML', causes);
  const merges = wrongMerges(document);
  if (merges.length > 0) throw wrong('is not valid YAML', merges);
  if (document.contents === null)
    throw usageError(`${path} is empty; a profile starts with schemaVersion: 1.`);

  const parsed = profileSchema.safeParse(toPlain(document, path), asking);
  const issues = parsed.success ? partIssues(parsed.data, checks, asking) : parsed.error.issues;
  if (parsed.success && issues.length === 0) {
    const numbers = wrongNumbers(document);
    if (numbers.length > 0) throw wrong('is not a profile', numbers);
    return parsed.data;
  }
  const found = problems(issues, (at) => spellingOf(document, at));
  const placed = found.map((problem) => ({
    at: offsetOf(document, problem),
    message: problem.message,
  }));
  throw wrong(
    'is not a profile',
    placed.sort((a, b) => a.at - b.at),
  );
}

/**
 * What `--profile` names: ids of known profiles, `all` of them, or YAML files (with a `/`, or ending in `.yaml` or `.yml`).
 * Each comes with the word that named it. Throws `USAGE` with everything that is wrong at once. A known profile named twice counts once.
 */
export async function resolveProfiles(
  args: readonly string[],
  known: readonly Profile[],
  checks: KnownChecks,
): Promise<ReadonlyMap<Profile, string>> {
  const wrongs: string[] = [];
  const chosen = new Map<Profile, string>();
  for (const arg of args) {
    if (arg === 'all') for (const profile of known) chosen.set(profile, arg);
    else if (isFile(arg)) {
      try {
        chosen.set(await loadProfileFile(arg, checks), arg);
      } catch (error) {
        if (!(error instanceof SuiteError)) throw error;
        wrongs.push(error.message);
      }
    } else {
      const profile = known.find((one) => one.id === arg);
      if (profile === undefined) wrongs.push(unknownProfile(arg, known));
      else chosen.set(profile, arg);
    }
  }
  wrongs.push(...sameIds(chosen));
  if (wrongs.length > 0) throw usageError(wrongs.join('\n'));
  return chosen;
}

/**
 * The ids that `--targets` names, each once, in the order given.
 * Throws `USAGE` that names every id which is no target of these profiles, with the nearest one that is.
 */
export function findTargets(profiles: readonly Profile[], onlyIds: readonly string[]): string[] {
  const known = profiles.flatMap(({ targets }) => targets.map(({ id }) => id));
  const unknown = onlyIds.filter((id) => !known.includes(id));
  if (unknown.length === 0) return [...new Set(onlyIds)];
  const among =
    profiles.length === 1
      ? `profile ${profiles[0]?.id}`
      : `profiles ${profiles.map(({ id }) => id).join(', ')}`;
  const lines = unknown.map(
    (id) => `--targets: "${id}" is no target of ${among}.${didYouMean(id, known)}`,
  );
  const lists = profiles.map(
    ({ id, targets }) => `Targets of ${id}: ${targets.map((target) => target.id).join(', ')}`,
  );
  throw usageError([...lines, ...lists].join('\n'));
}

function isFile(arg: string): boolean {
  return /[/\\]|\.ya?ml$/i.test(arg);
}

function unknownProfile(arg: string, known: readonly Profile[]): string {
  const ids = known.map(({ id }) => id);
  return (
    `No profile "${arg}".${didYouMean(arg, [...ids, 'all'])} There are: ${ids.join(', ')}, or all.` +
    ' A file of your own is given by a name that contains / or ends in .yaml or .yml.'
  );
}

function sameIds(chosen: ReadonlyMap<Profile, string>): string[] {
  const wrongs: string[] = [];
  const first = new Map<string, string>();
  for (const [{ id }, arg] of chosen) {
    const before = first.get(id);
    if (before === undefined) first.set(id, arg);
    else
      wrongs.push(
        `Two profiles have the id "${id}" (${before} and ${arg}); a run needs different ones. Change the id in the file.`,
      );
  }
  return wrongs;
}

function toPlain(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that stand for more aliases, thousands of times over.
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(`The profile file ${path} cannot be read: ${why}`, { cause: error });
  }
}

function refusal(
  path: string,
  what: string,
  problems: readonly TextProblem[],
  lines: LineCounter,
): SuiteError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const places = problems.map(({ at, message }) => {
    const { line, col } = lines.linePos(at);
    return `  ${path}:${line}:${col} ${message}`;
  });
  return usageError(`${path} ${what} (${count}):\n${places.join('\n')}`);
}
