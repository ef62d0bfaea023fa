import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { parse } from 'yaml';
import { SuiteError } from '../../slo/errors.ts';
import { checkParams } from '../../suites/catalogue.ts';
import type { KnownChecks } from '../check-parts.ts';
import { profileSchema } from '../profile-schema.ts';
import { loadProfileFile } from './file.ts';

/** For tests of profile files: the documented example, files made of it, and what is said of them. */

export const folder = mkdtempSync(join(tmpdir(), 'tailgate-profile-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

export const examplePath = new URL('../../docs/profile.example.yaml', import.meta.url).pathname;
export const exampleText = readFileSync(examplePath, 'utf8');
export const example = profileSchema.parse(parse(exampleText));

/** Those that there are: the example names some of them. */
export const knownChecks: KnownChecks = checkParams;

let files = 0;
export function file(text: string | Uint8Array, ending = 'yaml'): string {
  const path = join(folder, `${++files}.${ending}`);
  writeFileSync(path, text);
  return path;
}

/** The message of the wrong usage that the promise ends in, with the file's path shortened to `FILE`. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => expect.unreachable('it should have been refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SuiteError)) throw error;
  expect(error.code).toBe('USAGE');
  return error.message.replaceAll(RegExp(`${folder}/\\d+\\.ya?ml`, 'g'), 'FILE');
}

export const refused = async (text: string | Uint8Array) =>
  (await refusal(loadProfileFile(file(text), knownChecks))).split('\n').map((line) => line.trim());

/** The example with one text replaced, which must stand in it exactly once. */
export function changed(before: string, after: string): string {
  expect(exampleText.split(before)).toHaveLength(2);
  return exampleText.replace(before, after);
}

/** `line:column` of a text that stands in another. */
export function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
