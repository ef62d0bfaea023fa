import { expect, test } from 'vitest';
import {
  count,
  duration,
  integer,
  milliseconds,
  percent,
  plain,
  roughly,
  shellQuote,
  significant,
  spaced,
  utc,
  visible,
} from './format.ts';

test.each([
  [percent(0), '0 %'],
  [percent(0.000345), '0.0345 %'],
  [percent(0.05), '5 %'],
  [percent(0.12345), '12.3 %'],
  [milliseconds(0.4242), '0.424 ms'],
  [milliseconds(243.4), '243 ms'],
  [milliseconds(999.9), '1 s'],
  [milliseconds(1240), '1.24 s'],
  [duration(35_210), '35.2 s'],
  [duration(300_000), '5 min'],
  [duration(3_900_000), '1 h 5 min'],
  [roughly(34_100), '35 s'],
  [roughly(125_000), '3 min'],
  [roughly(12_975_000), '4 h'],
  [integer(1234567), '1,234,567'],
  [significant(1.4), '1.4'],
  [significant(123456), '123,000'],
  [significant(Number.POSITIVE_INFINITY), '∞'],
  [count(1, 'request'), '1 request'],
  [count(2, 'request'), '2 requests'],
  [utc('2026-03-01T12:00:00.123Z'), '2026-03-01 12:00:00 UTC'],
])('%s', (seen, expected) => {
  expect(spaced(seen)).toBe(expected);
});

test('a shell reads a quoted argument as it was', () => {
  expect(shellQuote('--rate=5')).toBe('--rate=5');
  expect(shellQuote("K: it's")).toBe(`'K: it'\\''s'`);
  expect(shellQuote('')).toBe("''");
});

test('control characters, direction overrides and halves of characters are removed', () => {
  expect(plain('a\u001b[31mb\u0000c\r\nd\u202ee\ud800')).toBe('a [31mb c d e\ufffd');
  expect(visible('a\u0000\n\t\u009b\u202e')).toBe('a\ufffd\n\t\ufffd\ufffd');
});
