import { expect, test } from 'vitest';
import { box, padded, row, table, tableOf } from './bodies.ts';

test.each([1, 7, 100, 100_000, 100_001, 100_003])(
  '%i elements, in rows of one length',
  (elements) => {
    const rows = tableOf(elements);
    expect(rows.flat()).toHaveLength(elements);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    expect(rows.length).toBeLessThanOrEqual(100);
  },
);

test('the documented limits of elements, rows and features are reached together', () => {
  const rows = tableOf(100_000);
  expect([rows.length, rows[0]?.length]).toEqual([100, 1_000]);
});

test('no row is like another', () => {
  const rows = [row(), ...table(50)].map((one) => JSON.stringify(one));
  expect(new Set(rows).size).toBe(51);
});

test.each([0, 1, 2, 3])('a box of %i dimensions', (dimensions) => {
  let inner = box(dimensions);
  for (let at = 0; at < dimensions; at++) {
    expect(inner).toBeInstanceOf(Array);
    inner = Array.isArray(inner) ? inner[0] : undefined;
  }
  expect(inner).toBeTypeOf('number');
});

test('padding counts characters, not bytes or UTF-16 units', () => {
  expect([...padded('"é𝔸"', 10)]).toHaveLength(10);
  expect(JSON.parse(padded('"é𝔸"', 10))).toBe('é𝔸');
});
