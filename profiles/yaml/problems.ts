import type { z } from 'zod';
import { didYouMean } from '../../slo/did-you-mean.ts';
import { profileJsonSchema } from '../json-schema.ts';

/** One thing that is wrong with a profile, in words, at a key path of the document. */
export interface Problem {
  path: PropertyKey[];
  /** True when the key at the end of `path` is what is wrong, not its value. */
  atKey: boolean;
  message: string;
}

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** `targets[0].objectives[1].limitMs`, as one writes it. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** How the value at a path is written, where that may be in several ways. */
type SpellingOf = (path: readonly PropertyKey[]) => string | undefined;

/** Puts what zod found into words that name the value found, as it is written, and what would be right. */
export function problems(issues: readonly Issue[], value: unknown, spellingOf: SpellingOf): Problem[] {
  return issues.flatMap((issue) => inWords(issue, value, spellingOf));
}

function inWords(issue: Issue, root: unknown, spellingOf: SpellingOf): Problem[] {
  const { path } = issue;
  const found = valueAt(root, path);
  const spelling = typeof found === 'string' ? undefined : spellingOf(path);
  const wrong = (right: string): Problem[] => [
    found === undefined
      ? missing(path.slice(0, -1), String(path.at(-1)), right)
      : { path, atKey: false, message: `${nameOf(path)} is ${spelling || show(found)}; ${right}` },
  ];
  switch (issue.code) {
    case 'invalid_type':
      return wrong(`expected ${nouns[issue.expected] ?? issue.expected}${quoteHint(issue.expected, spelling)}`);
    case 'invalid_value':
      return wrong(oneOf(issue.values, found));
    case 'too_small':
      return wrong(size(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum));
    case 'too_big':
      return wrong(size(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum));
    case 'invalid_format':
      return wrong(`expected ${issue.message}`);
    case 'invalid_key':
      return [
        { path, atKey: true, message: `${nameOf(path)}: the name must be of ${issue.issues[0]?.message ?? 'another form'}` },
      ];
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, root));
    case 'invalid_union':
      return issue.discriminator === undefined
        ? closestShape(issue, root, spellingOf)
        : wrong(oneOf('options' in issue ? (issue.options ?? []) : [], found));
    default:
      return [{ path, atKey: false, message: `${nameOf(path)}: ${issue.message}` }];
  }
}

/** What zod calls the types, in words. */
const nouns: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  object: 'keys with values',
  record: 'names with values',
  array: 'a list',
};

function missing(at: PropertyKey[], key: string, right: string): Problem {
  return { path: at, atKey: false, message: `${nameOf(at)} lacks "${key}"; ${right}` };
}

function unknownKey(at: PropertyKey[], key: string, root: unknown): Problem {
  const known = knownKeys(at, root);
  const message = `${nameOf(at)} has the unknown key "${key}".${didYouMean(key, known)} Known here: ${known.join(', ')}`;
  return { path: [...at, key], atKey: true, message };
}

/**
 * A value that fits none of several shapes is measured against the one it comes closest to: the one with the fewest keys missing
 * or unknown. Where two are as close (a target with both or neither of `objectives` and `notRun`), that is said as well.
 */
function closestShape(issue: z.core.$ZodIssueInvalidUnion, root: unknown, spellingOf: SpellingOf): Problem[] {
  const { path } = issue;
  const shapes = issue.errors.map((errors) => {
    const issues = errors.map((one) => ({ ...one, path: [...path, ...one.path] }));
    return { issues, misfits: issues.flatMap((one) => misfits(one, path.length, root)) };
  });
  const least = Math.min(...shapes.map((shape) => shape.misfits.length));
  const closest = shapes.filter((shape) => shape.misfits.length === least);
  const best = closest[0]?.issues ?? [];
  if (closest.length < 2) return problems(best, root, spellingOf);
  const all = closest.flatMap((shape) => shape.misfits);
  // Keys that the shapes differ in: any of them may be the one that was meant.
  const either = [...new Set(all)].filter((key) => !closest.every((shape) => shape.misfits.includes(key)));
  const rest = best.filter((one) => {
    const keys = misfits(one, path.length, root);
    return keys.length === 0 || keys.some((key) => !either.includes(key));
  });
  const names = either.map((key) => `"${key}"`).join(' and ');
  const message = `${nameOf(path)} needs exactly one of ${names}`;
  return [...problems(rest, root, spellingOf), ...(either.length === 0 ? [] : [{ path, atKey: false, message }])];
}

/** Keys that a shape misses or does not know, at the level where the shapes part. */
function misfits(issue: Issue, depth: number, root: unknown): string[] {
  if (issue.code === 'unrecognized_keys' && issue.path.length === depth) return issue.keys;
  const isMissing = issue.path.length === depth + 1 && valueAt(root, issue.path) === undefined;
  return isMissing ? [String(issue.path.at(-1))] : [];
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  }, root);
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the profile' : pathText(path);
}

function show(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function quoteHint(expected: string, spelling: string | undefined): string {
  return expected === 'string' && spelling ? `: put it in quotes, "${spelling}"` : '';
}

function oneOf(values: readonly unknown[], found: unknown): string {
  const known = values.map(String);
  const right = known.length === 1 ? `expected ${known[0]}` : `expected one of ${known.join(', ')}`;
  return typeof found === 'string' ? `${right}.${didYouMean(found, known)}`.replace(/\.$/, '') : right;
}

function size(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return 'it must not be empty';
  if (origin === 'array') return `it needs ${relation} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `it must be ${relation} ${limit}`;
}

/** The keys that the published schema knows at a path, by what is already written there. */
function knownKeys(path: readonly PropertyKey[], root: unknown): string[] {
  let schemas = fitting(profileJsonSchema(), root);
  path.forEach((step, depth) => {
    const value = valueAt(root, path.slice(0, depth + 1));
    schemas = schemas.flatMap((schema) => {
      const next = typeof step === 'number' ? schema.items : (schema.properties?.[String(step)] ?? schema.additionalProperties);
      return isSchema(next) ? fitting(next, value) : [];
    });
  });
  return [...new Set(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

/** The alternatives of a schema whose fixed values (`indicator: throughput`) do not contradict the value. */
function fitting(schema: JsonSchema, value: unknown): JsonSchema[] {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(isSchema);
  if (alternatives.length === 0) return [schema];
  const telling = Object.keys(alternatives[0]?.properties ?? {}).filter((key) => alternatives.every((one) => fixed(one, key)));
  const fits = alternatives.filter((one) =>
    telling.every((key) => {
      const written = valueAt(value, [key]);
      return written === undefined || fixed(one, key)?.some((allowed) => allowed === written);
    }),
  );
  return fits.length > 0 ? fits : alternatives;
}

/** The values that a schema allows for a key, where it lists them. */
function fixed(schema: JsonSchema, key: string): readonly unknown[] | undefined {
  const rule = schema.properties?.[key];
  if (!isSchema(rule)) return undefined;
  return rule.enum ?? (rule.const === undefined ? undefined : [rule.const]);
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}
