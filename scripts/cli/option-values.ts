import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { redactUrl } from '../../evidence/redact.ts';
import { parseSelector, type Selector } from '../../evidence/selector.ts';
import { didYouMean } from '../../slo/did-you-mean.ts';
import { milliseconds } from '../../slo/duration.ts';
import { usageError } from '../../slo/errors.ts';
import { targetIdSchema } from '../../slo/profile.ts';

/** Values of the command line: each reader refuses what it cannot use with a hint at what would be right. */

export function duration(text: string): number {
  const value = milliseconds(text);
  if (!value)
    throw new InvalidArgumentError('Give a duration with its unit, for example 60s or 2m.');
  return value;
}

export function durationOption(flag: string, what: string, usualMs: number): Option {
  return new Option(`${flag} <duration>`, what)
    .argParser(duration)
    .default(usualMs, `${usualMs / 1000}s`);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('Give a number greater than 0.');
  return value;
}

export function someText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Give a name: it is empty.');
  return text;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new InvalidArgumentError('Give a whole number of at most 15 digits.');
  return Number(text);
}

export function positiveWhole(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError('Give a whole number of at least 1.');
  return Number(text);
}

const isTargetId = (text: string) => targetIdSchema.safeParse(text).success;

/** The service and the targets of the profile are easily mixed up: each option names the other. */
export function targetId(text: string, before: string[] | undefined): string[] {
  const isId = isTargetId(text);
  const words = text.split(',').filter((word) => word !== '');
  if (
    text.includes(',') &&
    words.some(isTargetId) &&
    words.every((word) => isTargetId(word) || isShort(word))
  )
    throw new InvalidArgumentError(`Put ids apart by spaces, not commas: ${words.join(' ')}.`);
  if (/[:/]/.test(text) || !(isId || isShort(text))) {
    const url = repeatable(text) ?? 'URL';
    throw new InvalidArgumentError(
      `Give ids of the profile's targets; a service to judge is named by --url ${url}.`,
    );
  }
  return collect(text, before);
}

/** With all that is in it: a slash at the end may be another address. */
export function exactUrl(text: string): string {
  httpUrl(text);
  return text;
}

export function selector(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

export function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('Give an http or https URL, for example http://127.0.0.1:5001.');
  }
  return text.replace(/\/+$/, '');
}

export function baseUrl(text: string): string {
  if (isTargetId(text)) {
    throw new InvalidArgumentError(
      `Give the URL of a service; a target of the profile is chosen by --targets ${text}.`,
    );
  }
  const url = new URL(httpUrl(text));
  if (
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== '' ||
    url.password !== '' ||
    url.pathname.includes(';')
  ) {
    throw new InvalidArgumentError(
      'Give a base URL without user, query, fragment and parameters of its path (";"); send keys with --header.',
    );
  }
  return httpUrl(text);
}

export const collect = (text: string, before: string[] | undefined) => [...(before ?? []), text];

/**
 * Reads a command line. Throws `USAGE`. What was typed wrongly may be a secret, of which a terminal or a CI's log is no place, so it is
 * repeated only where it can be none.
 */
export function parseTyped(command: Command, argv: readonly string[]): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    // Help is an end of commander's too.
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    const words =
      complaints[error.code]?.(error.message.replace(/^error: /, ''), command, argv) ??
      'These options cannot be read.';
    throw usageError(`${words}\nSee ${command.name()} --help.`, { cause: error.code });
  }
}

type Complaint = (said: string, command: Command, argv: readonly string[]) => string;

/** What is said instead of commander's own words, by its codes. */
const complaints: Readonly<Record<string, Complaint>> = {
  'commander.unknownOption': unknownOption,
  'commander.invalidArgument': invalidValue,
  'commander.excessArguments': excessWords,
  // These name only what is ours.
  'commander.missingArgument': (said) => `${said}.`,
  'commander.optionMissingArgument': (said) => `${said}.`,
};

/** What other programs' letters are here. */
const habits: Readonly<Record<string, string>> = { '-H': '--header' };

/** Only the name is repeated: up to `=` or whatever else belongs to no name, and of a short one its letter. */
function unknownOption(said: string, { options }: Command): string {
  const [, name = ''] = /^unknown option '(--[\w-]*|-.)/s.exec(said) ?? [];
  const known = options.find(({ long }) => long === name);
  if (known !== undefined) return `'${name}' is not written so; right would be ${known.flags}.`;
  const long = options.filter(({ hidden }) => !hidden).map((option) => option.long ?? '');
  const meant = long.find((one) => one === habits[name]);
  return `unknown option '${name}'.${meant === undefined ? didYouMean(name, long) : ` Here it is ${meant}.`}`;
}

function invalidValue(said: string): string {
  const [, option = '', value = '', advice = ''] =
    /^(option '[^']*') argument '(.*)' is invalid\. (.*)$/s.exec(said) ?? [];
  const repeated = repeatable(value);
  return `${option} argument ${repeated === undefined ? '' : `'${repeated}' `}is invalid. ${advice}`;
}

/** Options whose values fall apart into words where their quotes are forgotten. */
const ofSeveralWords = [
  ['--header', "Put a header line in quotes: --header 'Name: value'."],
  ['--selector', `Put a selector in quotes: --selector 'label="value",…'.`],
  ['--fault', "Put a fault of several words in quotes: --fault 'errors=2% at 30s'."],
] as const;

/** npm leaves such words behind of options that were typed without `--`. They are counted only. */
function excessWords(said: string, command: Command, argv: readonly string[]): string {
  const [count] = said.split(':');
  const unquoted = ofSeveralWords.find(([option]) => argv.some((word) => word.startsWith(option)));
  if (unquoted !== undefined) return `${count}. ${unquoted[1]}`;
  return `${count}.\nIf they belong to an option, write \`--\` before the options: ${command.name()} ${command.usage()}`;
}

/** What was typed, where it can be no secret: a short word, or a URL without the parts that may be one. */
function repeatable(text: string): string | undefined {
  if (isShort(text)) return text;
  return /^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(text) && URL.canParse(text)
    ? redactUrl(text)
    : undefined;
}

/** Too short for a key. */
function isShort(text: string): boolean {
  return /^[\w.%+-]{1,12}$/.test(text);
}
