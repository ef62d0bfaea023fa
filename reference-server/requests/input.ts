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

const grouped = (count: number) => count.toLocaleString('en-US');

/** The text of a body. @throws Refusal when it is empty, too long or not UTF-8, the one encoding that JSON has (RFC 8259 section 8.1). */
export function readText(body: unknown, limits: InputLimits): string {
  if (!Buffer.isBuffer(body)) throw emptyBody();
  if (!isUtf8(body)) throw new Refusal('INVALID_UTF8', 'Request body is not valid UTF-8');
  const text = body.toString();
  if (text.length > limits.characters && countCharacters(text) > limits.characters)
    throw payloadTooLarge(limits);
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
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('INVALID_JSON', 'Request body is not valid JSON');
  }
  if (value === null) throw emptyBody();
  return value;
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

export function payloadTooLarge({ characters }: InputLimits): Refusal {
  return new Refusal(
    'PAYLOAD_TOO_LARGE',
    `Request payload too large (>${Math.round(characters / 1e6)}MB)`,
  );
}

/** The first of `keys` that an object has. @throws Refusal when it has none. */
export function readField(value: unknown, keys: readonly string[]): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const key of keys) if (Object.hasOwn(value, key)) return Reflect.get(value, key);
  }
  throw new Refusal(
    'NO_ARRAY',
    `Request body must be a JSON object with an array "${keys.join('" or "')}"`,
  );
}

/**
 * Checks an array of numbers in one or two dimensions and returns its rows.
 * `flat` says what a one-dimensional array is: one row, or a column of rows with one number each.
 * @throws Refusal saying what is wrong, with the count and the limit.
 */
export function readRows(
  value: unknown,
  limits: InputLimits,
  flat: 'row' | 'column',
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
