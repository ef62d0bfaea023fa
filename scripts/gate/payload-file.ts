import { createScanner, printParseErrorCode, visit } from 'jsonc-parser';
import { lineEnd, readUtf8 } from '../../machine/utf8-file.ts';
import { usageError } from '../../slo/errors.ts';

const forms = 'a JSON array of bodies, one body over several lines, or one body per line';

/** Of more problems only the count is told. */
const mostTold = 10;

/** A stretch of the file. */
interface Part {
  text: string;
  offset: number;
}

/**
 * The bodies in a file, each as it stands there: no number, name, order, escape or white space is changed. White space around the
 * elements of an array, and around one body over several lines, belongs to none of them; a line is taken whole.
 */
export function readBodies(file: string): string[] {
  const text = readUtf8('--payloads', file);
  const lines = linesOf(text);
  const bodies = bodiesIn(text, lines);
  if (bodies === undefined) throw usageError(describe(file, text, problemsIn(text, lines)));
  if (bodies.length === 0)
    throw usageError(`--payloads ${file} holds no body. Right would be ${forms}.`);
  return bodies;
}

function bodiesIn(text: string, lines: readonly Part[]): string[] | undefined {
  const isWhole = isJson(text);
  if (isWhole && text.trimStart().startsWith('[')) return elementsOf(text);
  if (lines.every((line) => isJson(line.text))) return lines.map((line) => line.text);
  return isWhole ? [text.trim()] : undefined;
}

/** Lines that are not blank. */
function linesOf(text: string): Part[] {
  const lines = [...text.matchAll(/[^\r\n]+/g)].map((line) => ({
    text: line[0],
    offset: line.index,
  }));
  return lines.filter((line) => !/^[ \t]*$/.test(line.text));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Source texts of the elements of a valid array. They are scanned: a tree of a body that is nested deep would outgrow the stack. */
function elementsOf(array: string): string[] {
  const scanner = createScanner(array, true);
  const elements: string[] = [];
  let depth = 0;
  let from: number | undefined;
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const at = scanner.getTokenOffset();
    const token = array[at];
    if (token === '[' || token === '{') depth++;
    if (token === ']' || token === '}') depth--;
    const isBetween = from === undefined || depth === 0 || (depth === 1 && token === ',');
    if (!isBetween) continue;
    elements.push(array.slice(from ?? at, at).trim());
    from = at + 1;
  }
  return elements.filter((element) => element !== '');
}

interface Problem {
  at: number;
  what: string;
}

/** What keeps a file from holding bodies, taken in the form that it was most likely meant to have. */
function problemsIn(text: string, lines: readonly Part[]): Problem[] {
  return (areBodies(lines) ? lines : [{ text, offset: 0 }]).flatMap(
    (part) => firstBreak(part) ?? [],
  );
}

/** Whether each line was meant as a body: the first does not open an array that goes on, and half of them at least look like one. */
function areBodies(lines: readonly Part[]): boolean {
  const isBody = ({ text }: Part) => /^\s*(\{.*\}|\[.*\])\s*$/.test(text) || isJson(text);
  const opensArray = lines
    .slice(0, 1)
    .some((line) => !isBody(line) && line.text.trimStart().startsWith('['));
  return !opensArray && lines.filter(isBody).length * 2 >= lines.length;
}

function firstBreak({ text, offset }: Part): Problem | undefined {
  if (isJson(text)) return undefined;
  // What is missing at the end is missing after the last thing that is there.
  const end = text.trimEnd().length;
  let first: Problem | undefined;
  visit(
    text,
    {
      onError: (code, at, length) => {
        const found = at < end ? text.slice(at, at + Math.min(length, 40)) : 'the end';
        first ??= {
          at: offset + Math.min(at, end),
          what: words[printParseErrorCode(code)].replace('$', () => found),
        };
      },
    },
    { disallowComments: true },
  );
  return first ?? { at: offset, what: 'this is no JSON' };
}

/** What the parser finds wrong, in words; `$` is what stands there. */
const words: Record<ReturnType<typeof printParseErrorCode>, string> = {
  InvalidSymbol: '$ is neither a JSON value nor a name in double quotes',
  InvalidNumberFormat: '$ is no JSON number',
  PropertyNameExpected: 'a name in double quotes is missing before $',
  ValueExpected: 'a value is missing before $',
  ColonExpected: 'a colon is missing before $',
  CommaExpected: 'a comma is missing before $',
  CloseBraceExpected: 'a } is missing before $',
  CloseBracketExpected: 'a ] is missing before $',
  EndOfFileExpected: 'the body ends before $',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: '$ has no closing quote',
  UnexpectedEndOfNumber: '$ is a number cut short',
  InvalidUnicode: '$ has a wrong escape',
  InvalidEscapeCharacter: '$ has a wrong escape',
  InvalidCharacter: '$ holds a tab or another control character, which must be escaped',
  '<unknown ParseErrorCode>': 'this is no JSON',
};

function describe(file: string, text: string, problems: readonly Problem[]): string {
  const told = problems.slice(0, mostTold).map(({ at, what }) => {
    const before = text.slice(0, at).split(lineEnd);
    return `  ${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${what}`;
  });
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const more = problems.length > mostTold ? [`  and ${problems.length - mostTold} more`] : [];
  return [
    `--payloads ${file} is not JSON (${count}):`,
    ...told,
    ...more,
    `Right would be ${forms}.`,
  ].join('\n');
}
