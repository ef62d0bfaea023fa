import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mlopsAks } from '../systems/mlops-aks.ts';
import { readField, readJson, readRows, readText } from './input.ts';
import { Refusal } from './refusal.ts';

const { limits } = mlopsAks;

function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const zeros = (count: number) => Array.from({ length: count }, () => 0);
const table = (rows: number, features: number) =>
  Array.from({ length: rows }, () => zeros(features));

describe('the body', () => {
  const bytes = (text: string) => Buffer.from(text);

  test.each([undefined, '', '  \n', 'null'])('%j is empty', (body) => {
    const read = () => readJson(readText(body === undefined ? body : bytes(body), limits));
    expect(refusalOf(read)).toMatchObject({
      status: 400,
      message: 'Request body is empty or None',
    });
  });

  test.each(['{', '{"data": [NaN]}', '{"data": [Infinity]}', 'data=1', "{'data': [1]}"])(
    '%j is not JSON',
    (body) => {
      expect(refusalOf(() => readJson(body)).code).toBe('INVALID_JSON');
    },
  );

  test('10,000,000 characters are the most, whatever they weigh in bytes or UTF-16 units', () => {
    const ofLength = (characters: number, filling: string) =>
      bytes(JSON.stringify(filling.repeat(characters - 2)));
    for (const filling of ['a', 'é', '𝔸']) {
      expect(readText(ofLength(10_000_000, filling), limits)).toHaveLength(
        filling.length * 9_999_998 + 2,
      );
    }
    for (const filling of ['a', '𝔸']) {
      const refusal = refusalOf(() => readText(ofLength(10_000_001, filling), limits));
      expect(refusal).toMatchObject({ status: 413, message: 'Request payload too large (>10MB)' });
    }
  });

  test.each(['[]', '[[1]]', '1', '"x"', '{}'])('%s has no "data"', (body) => {
    expect(refusalOf(() => readField(readJson(body), ['data'])).code).toBe('NO_ARRAY');
  });
});

describe('the array', () => {
  test.each([
    [null, 'NO_ARRAY'],
    ['1', 'NO_ARRAY'],
    [[], 'NO_ARRAY'],
    [[[]], 'NO_ARRAY'],
    [[[1, 2], [3]], 'RAGGED_ROWS'],
    [[[1, 2], 3], 'BAD_DIMENSIONS'],
    [[1, [2, 3]], 'BAD_DIMENSIONS'],
    [[[[1]]], 'BAD_DIMENSIONS'],
    [[[1, '2']], 'NOT_A_NUMBER'],
    [[[1, null]], 'NOT_A_NUMBER'],
    [[true], 'NOT_A_NUMBER'],
    [[{}], 'NOT_A_NUMBER'],
    [JSON.parse('[[1e999]]'), 'NOT_A_NUMBER'],
    [table(101, 1), 'TOO_MANY_ROWS'],
    [table(1, 1_001), 'TOO_MANY_FEATURES'],
    [zeros(1_001), 'TOO_MANY_FEATURES'],
  ])('case %#: %s', (value, code) => {
    expect(refusalOf(() => readRows(value, limits, 'row')).code).toBe(code);
  });

  test('the documented text for one that is too large', () => {
    for (const value of [zeros(150_000), table(150, 1_000)]) {
      expect(refusalOf(() => readRows(value, limits, 'row')).message).toBe(
        'Input array too large: 150000 elements. Maximum 100,000 allowed.',
      );
    }
    expect(readRows(table(100, 1_000), limits, 'row')).toHaveLength(100);
  });

  test('a flat array is one row for the one protocol and a column for the other', () => {
    expect(readRows([1, 2, 3], limits, 'row')).toEqual([[1, 2, 3]]);
    expect(readRows([1, 2, 3], limits, 'column')).toEqual([[1], [2], [3]]);
  });

  test('every rectangular table of finite numbers within the limits is taken as it is', () => {
    const tables = fc.integer({ min: 1, max: 8 }).chain((width) =>
      fc.array(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
          minLength: width,
          maxLength: width,
        }),
        {
          minLength: 1,
          maxLength: 100,
        },
      ),
    );
    fc.assert(
      fc.property(tables, (rows) => {
        expect(readRows(rows, limits, 'row')).toEqual(rows);
      }),
    );
  });

  test('any other JSON is refused with a code, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          for (const row of readRows(value, limits, 'row'))
            expect(row.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
    );
  });
});
