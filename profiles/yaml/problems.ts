import { z } from 'zod';
import { didYouMean } from '../../slo/did-you-mean.ts';

/** One thing that is wrong with a profile, in words, at a key path of the document. */
export interface Problem {
  path: PropertyKey[];
  /** True when the key at the end of `path` is what is wrong, not its value. */
  atKey: boolean;
  message: string;
}

type Issue = z.core.$ZodIssue;

/** How the value at a path is written, where that may be in several ways. */
type SpellingOf = (path: readonly PropertyKey[]) => string | undefined;

/** Has zod tell the value found, and of unknown keys those that are known there. */
export const asking: z.core.ParseContext<Issue> = {
  reportInput: true,
  error: ({ code, inst }) =>
    code === 'unrecognized_keys' && inst instanceof z.ZodObject
      ? Object.keys(inst.shape).join(', ')
      : undefined,
};

/** Puts what zod found, when it was asked so, into words that name the value found, as it is written, and what would be right. */
export function problems(issues: readonly Issue[], spellingOf: SpellingOf): Problem[] {
  return issues.flatMap((issue) => {
    const { path, message } = issue;
    switch (issue.code) {
      case 'custom':
        return { path, atKey: false, message: `${nameOf(path)}: ${message}` };
      case 'invalid_key':
        return {
          path,
          atKey: true,
          message: `${nameOf(path)}: the name must be of ${issue.issues[0]?.message}`,
        };
      case 'unrecognized_keys':
        return issue.keys.map((key) => {
          const known =
            message === ''
              ? ' It has no parameters.'
              : `${didYouMean(key, message.split(', '))} Known here: ${message}`;
          const unknown = `has the unknown key "${key}".${known}`;
          return { path: [...path, key], atKey: true, message: `${nameOf(path)} ${unknown}` };
        });
      case 'invalid_union':
        return issue.discriminator === undefined
          ? problems(ofClosestShape(issue), spellingOf)
          : wrongValue(issue, spellingOf);
      default:
        return wrongValue(issue, spellingOf);
    }
  });
}

const nouns: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
};

function wrongValue(issue: Issue, spellingOf: SpellingOf): Problem {
  const { path } = issue;
  const found = issue.code === 'invalid_union' ? entryOf(issue.input, path.at(-1)) : issue.input;
  const right = rightValue(issue, found);
  if (found === undefined) {
    const above = path.slice(0, -1);
    return {
      path: above,
      atKey: false,
      message: `${nameOf(above)} lacks "${String(path.at(-1))}"; ${right}`,
    };
  }
  const spelling = typeof found === 'string' ? undefined : spellingOf(path);
  const quoted =
    issue.code === 'invalid_type' && issue.expected === 'string' && spelling
      ? `: put it in quotes, "${spelling}"`
      : '';
  return {
    path,
    atKey: false,
    message: `${nameOf(path)} is ${spelling || show(found)}; ${right}${quoted}`,
  };
}

function rightValue(issue: Issue, found: unknown): string {
  if (issue.code === 'invalid_type')
    return `expected ${nouns[issue.expected] ?? 'keys with values'}`;
  if (issue.code === 'invalid_format') return `expected ${issue.message}`;
  const known =
    issue.code === 'invalid_value' ? issue.values : 'options' in issue ? (issue.options ?? []) : [];
  // "Too big: expected number to be <1"
  if (known.length < 2) return issue.message.replace(/^[^:]*: /, '');
  const names = known.map(String);
  const meant = typeof found === 'string' ? didYouMean(found, names) : '';
  return `expected one of ${names.join(', ')}${meant && `.${meant}`}`;
}

/**
 * What is wrong with a value by the shape that it comes closest to: the one with the fewest keys missing or unknown. Where several are as
 * close (a target with both or neither of `objectives` and `notRun`), what they all say and, in the schema's words, that one has to be chosen.
 */
function ofClosestShape({ path, errors, message, input }: z.core.$ZodIssueInvalidUnion): Issue[] {
  const shapes = errors.map((issues) => issues.flatMap(eachKey));
  const misfits = shapes.map((issues) => issues.filter(isMisfit).length);
  const [first = [], ...others] = shapes.filter((_, at) => misfits[at] === Math.min(...misfits));
  const shared = first.filter((one) =>
    others.every((issues) => issues.some((other) => identity(one) === identity(other))),
  );
  const found = shared.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  return shared.length === first.length
    ? found
    : [...found, { code: 'custom', path, message, input }];
}

const eachKey = (issue: Issue): Issue[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ ...issue, keys: [key] }))
    : [issue];

/** A key that a shape misses or does not know, at the level where the shapes part. */
const isMisfit = ({ code, path, input }: Issue): boolean =>
  code === 'unrecognized_keys' ? path.length === 0 : path.length === 1 && input === undefined;

const identity = (issue: Issue): string =>
  JSON.stringify([issue.code, issue.path, issue.code === 'unrecognized_keys' ? issue.keys : []]);

function entryOf(value: unknown, key: PropertyKey | undefined): unknown {
  return typeof value === 'object' && value !== null && key !== undefined
    ? Reflect.get(value, key)
    : undefined;
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the profile' : z.core.toDotPath(path);
}

function show(value: unknown): string {
  if (value === null) return 'empty';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'keys with values';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
