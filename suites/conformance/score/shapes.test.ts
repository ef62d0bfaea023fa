import { describe, expect, test } from 'vitest';
import { fieldOf } from '../shared/json.ts';
import { isJsonType, isRequestId, isTimestamp } from './shapes.ts';

const iso = (ms = Date.now()) => new Date(ms).toISOString();
const minutes = 60_000;

describe('a time', () => {
  test.each([
    iso(),
    iso().replace('Z', '+00:00'),
    iso().replace('Z', '123'),
    iso(Date.now() + 120 * minutes).replace('Z', '+02:00'),
    iso().replace('Z', '+00'),
    iso().replace('Z', '+0000'),
    iso().replace(/[-:]/g, ''),
    iso().replace(/:[^:]*Z/, 'Z'),
    iso().replace('.', ','),
    iso(Date.now() - 9 * minutes),
    iso(Date.now() + 9 * minutes),
  ])('%s is one near now', (time) => {
    expect(isTimestamp(10).holds(time)).toBe(true);
  });

  test.each([
    Date.now(),
    `${Date.now()}`,
    iso(Date.now() - 11 * minutes),
    iso(Date.now() + 11 * minutes),
    iso(Date.now() + 120 * minutes),
    new Date().toUTCString(),
    iso().slice(0, 10),
    '',
    undefined,
  ])('%j is none', (time) => {
    expect(isTimestamp(10).holds(time)).toBe(false);
  });
});

describe('a request id', () => {
  test('is <epoch ms>-<number>, near now', () => {
    expect(isRequestId(10).holds(`${Date.now()}-42`)).toBe(true);
  });

  test.each([
    `${Date.now()}`,
    `${Date.now()}-`,
    `${Date.now()}-a`,
    `${Math.floor(Date.now() / 1000)}-42`,
    `${Date.now() - 11 * minutes}-42`,
    Date.now(),
    '1f0e-42',
    null,
  ])('%j is none', (id) => {
    expect(isRequestId(10).holds(id)).toBe(false);
  });
});

test.each([
  ['application/json', true],
  ['Application/JSON; charset=utf-8', true],
  ['application/json ;charset=utf-8', true],
  ['application/jsonlines', false],
  ['text/html', false],
  [undefined, false],
])('content type %j: %j', (type, is) => {
  expect(isJsonType.holds(type)).toBe(is);
});

test('a field is found by its path, and only one of the object itself', () => {
  expect(fieldOf({ a: { b: 1 } }, 'a', 'b')).toBe(1);
  for (const value of [{ a: null }, { a: 'b' }, null, undefined, [], {}])
    expect(fieldOf(value, 'a', 'b')).toBeUndefined();
  expect(fieldOf({}, 'toString')).toBeUndefined();
});
