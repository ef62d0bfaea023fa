import { type Command, InvalidArgumentError, Option } from 'commander';
import parseDuration from 'parse-duration';
import { targetIdSchema } from '../../slo/profile.ts';

/** Values of the command line: each reader refuses what it cannot use with a hint at what would be right. */

export function duration(text: string): number {
  const value = /^\d+(\.\d+)?(ms|s|m|h)$/.test(text) ? parseDuration(text) : null;
  if (value === null || !(value > 0)) throw new InvalidArgumentError('Give a duration with its unit, for example 60s or 2m.');
  return value;
}

export function durationOption(flag: string, what: string, usualMs: number): Option {
  return new Option(`${flag} <duration>`, what).argParser(duration).default(usualMs, `${usualMs / 1000}s`);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number greater than 0.');
  return value;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number of at most 15 digits.');
  return Number(text);
}

export function positiveWhole(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return Number(text);
}

/** The service and the targets of the profile are easily mixed up: each option names the other. */
export function targetId(text: string, before: string[] | undefined): string[] {
  if (/[:/]/.test(text)) {
    throw new InvalidArgumentError(`Give ids of the profile's targets; a service to judge is named by --target ${text}.`);
  }
  return collect(text, before);
}

export function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('Give an http or https URL, for example http://127.0.0.1:5001.');
  }
  return text.replace(/\/+$/, '');
}

export function baseUrl(text: string): string {
  if (targetIdSchema.safeParse(text).success) {
    throw new InvalidArgumentError(`Give the URL of a service; a target of the profile is chosen by --targets ${text}.`);
  }
  const url = new URL(httpUrl(text));
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('Give a base URL without user, query and fragment; send keys with --header.');
  }
  return httpUrl(text);
}

export const collect = (text: string, before: string[] | undefined) => [...(before ?? []), text];

/** What to do about words that belong to no option: npm leaves such behind of options that were typed without `--`. */
export function dashesHint(command: Command): string {
  return `If it belongs to an option, write \`--\` before the options: ${command.name()} ${command.usage()}`;
}

/** Adds that hint to the command's own message. */
export function hintAtDashes(command: Command): void {
  const isExcess = (text: string) => text.includes('too many arguments');
  command.configureOutput({ outputError: (text, write) => write(isExcess(text) ? `${text}${dashesHint(command)}\n` : text) });
}
