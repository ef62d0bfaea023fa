import { isUtf8 } from 'node:buffer';
import { Refusal } from './refusal.ts';

/** What a request may be at most. */
export interface InputLimits {
  /** Characters of the body. */
  characters: number;
  /** Numbers in the array. */
  elements: number;
  rows: number;
  features: number;
}

/** What an array in one dimension is: one row, or a column of rows with one number each. */
type FlatArray = 'row' | 'column';

/** Characters of a field's name in a message. */
const mostShown = 100;

const grouped = (count: number) => count.toLocaleString('en-US');

/** The text of a body. @throws Refusal when it is empty, too long or not UTF-8, the one encoding that JSON has (RFC 8259 section 8.1). */
export function readText(body: unknown, limits: InputLimits): string {
  if (!Buffer.isBuffer(body)) throw emptyBody();
  if (!isUtf8(body)) throw new Refusal('INVALID_UTF8', 'Request body is not valid UTF-8');
  const text = body.toString();
  if (text.length > limits.characters && countCharacters(text) > limits.characters)
    throw payloadTooLarge(limits.characters);
  return text;
}

/** Parses a text as JSON. @throws Refusal when it is empty or not JSON. */
export function readJson(text: string): unknown {
  // Whoever sends one breaks RFC 8259 section 8.1; whoever reads JSON may ignore it or not, and the next reader may not.
  if (text.startsWith('\ufeff'))
    throw new Refusal(
      'INVALID_JSON',
      'Request body begins with a byte order mark, which JSON must not',
    );
  if (text.trim() === '') throw emptyBody();
  if (isDeep(text)) throw new Refusal('INVALID_JSON', 'Request body is nested too deep');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('INVALID_JSON', 'Request body is not valid JSON');
  }
  if (value === null) throw emptyBody();
  return value;
}

/** Whether a text of a million characters or more opens so many lists and objects in one another that parsing it takes seconds. */
function isDeep(text: string): boolean {
  if (text.length < 1_000_000) return false;
  let depth = 0;
  for (let index = 0; index < text.length && depth <= 1_000; index += 1) {
    // Bit 5 is all that tells [ from { and ] from }.
    const bracket = text.charCodeAt(index) | 0x20;
    if (bracket === 0x7b) depth += 1;
    else if (bracket === 0x7d) depth -= 1;
  }
  return depth > 1_000;
}

/** Length in characters as people count them: one outside the basic plane is one, not two. */
function countCharacters(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd8_00 && unit <= 0xdb_ff) pairs += 1;
  }
  return text.length - pairs;
}

function emptyBody(): Refusal {
  return new Refusal('EMPTY_BODY', 'Request body is empty or None');
}

export function payloadTooLarge(characters: number): Refusal {
  return new Refusal(
    'PAYLOAD_TOO_LARGE',
    `Request payload too large (>${Math.round(characters / 1e6)}MB)`,
  );
}

const quoted = (names: readonly string[]) =>
  names.map((name) =>
    JSON.stringify(name.length > mostShown ? `${name.slice(0, mostShown)}…` : name),
  );

/**
 * Which of `names` the one field of an object has, and its value.
 * @throws Refusal for anything else, naming the fields that are too many.
 */
export function readField(
  value: unknown,
  names: readonly string[],
): { name: string; value: unknown } {
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const fields = Object.keys(object);
  const unknown = fields.filter((field) => !names.includes(field)).slice(0, 3);
  if (unknown.length > 0) {
    throw new Refusal(
      'UNKNOWN_FIELD',
      `Unknown field${unknown.length > 1 ? 's' : ''} ${quoted(unknown).join(', ')}; known is ${quoted(names).join(' or ')}`,
    );
  }
  const [name, other] = fields;
  if (name === undefined)
    throw new Refusal(
      'NO_ARRAY',
      `Request body must be a JSON object with an array ${quoted(names).join(' or ')}`,
    );
  if (other !== undefined)
    throw new Refusal(
      'UNKNOWN_FIELD',
      `Only one of the fields ${quoted(fields).join(' and ')} can be given`,
    );
  return { name, value: Reflect.get(object, name) };
}

/**
 * Reads a body that is an object with one field, an array of numbers: its rows.
 * @throws Refusal saying what is wrong with it.
 */
export function readInput(
  text: string,
  limits: InputLimits,
  { names, flat }: { names: readonly string[]; flat: FlatArray },
): readonly (readonly number[])[] {
  const { name, value } = readField(readJson(text), names);
  const rows = readRows(value, limits, flat);
  // The parser keeps the last of two fields with one name. Where the last holds nothing but numbers, the text has two quotes, around
  // its name; any more are around a name that stands there again.
  if (text.split('"', 4).length > 3)
    throw new Refusal('DUPLICATE_FIELD', `Field ${quoted([name])} is given twice`);
  return rows;
}

/**
 * Checks an array of numbers in one or two dimensions and returns its rows.
 * @throws Refusal saying what is wrong, with the count and the limit.
 */
export function readRows(
  value: unknown,
  limits: InputLimits,
  flat: FlatArray,
): readonly (readonly number[])[] {
  if (!Array.isArray(value))
    throw new Refusal(
      'NO_ARRAY',
      `Input must be an array, not ${value === null ? 'null' : typeof value}`,
    );
  const items: readonly unknown[] = value;
  const nested = items.some(Array.isArray);
  const elements = nested
    ? items.reduce<number>((sum, row) => sum + (Array.isArray(row) ? row.length : 1), 0)
    : items.length;
  if (elements > limits.elements) {
    throw new Refusal(
      'ARRAY_TOO_LARGE',
      `Input array too large: ${elements} elements. Maximum ${grouped(limits.elements)} allowed.`,
    );
  }
  if (elements === 0) throw new Refusal('NO_ARRAY', 'Input array is empty');
  const table: readonly unknown[] = nested
    ? items
    : flat === 'row'
      ? [items]
      : items.map((item) => [item]);
  if (table.length > limits.rows)
    throw new Refusal(
      'TOO_MANY_ROWS',
      `Batch too large: ${table.length} rows. Maximum ${grouped(limits.rows)} allowed.`,
    );
  const width = Array.isArray(table[0]) ? table[0].length : 0;
  if (width > limits.features)
    throw new Refusal(
      'TOO_MANY_FEATURES',
      `Too many features: ${width} in a row. Maximum ${grouped(limits.features)} allowed.`,
    );
  return table.map((row, index) => readRow(row, index, width));
}

function readRow(row: unknown, index: number, width: number): readonly number[] {
  if (!Array.isArray(row))
    throw new Refusal(
      'BAD_DIMENSIONS',
      `Row ${index} is not an array, but another row is: all must be rows, or all numbers`,
    );
  const cells: readonly unknown[] = row;
  if (cells.length !== width)
    throw new Refusal(
      'RAGGED_ROWS',
      `Row ${index} has ${cells.length} features, row 0 has ${width}: all rows must be as long`,
    );
  return cells.map((cell, place) => {
    if (Array.isArray(cell))
      throw new Refusal(
        'BAD_DIMENSIONS',
        'Input array has more than 2 dimensions. Only 1D and 2D are allowed.',
      );
    if (typeof cell !== 'number' || !Number.isFinite(cell))
      throw new Refusal('NOT_A_NUMBER', `Row ${index}, feature ${place} is not a finite number`);
    return cell;
  });
}
