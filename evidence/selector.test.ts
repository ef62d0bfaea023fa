import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSelected, parseSelector } from './selector.ts';

test('whatever its values hold, a selector comes back as it was written', () => {
  const labels = fc.dictionary(fc.stringMatching(/^[a-zA-Z]\w*$/), fc.string(), { minKeys: 1 });
  const written = (selector: Record<string, string>) =>
    Object.entries(selector)
      .map(([name, value]) => {
        const escaped = value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
        return `${name}="${escaped}"`;
      })
      .join(',');
  fc.assert(
    fc.property(labels, (selector) => {
      expect(parseSelector(written(selector))).toEqual({ ...selector });
    }),
  );
});

test('whatever is written, it is read or refused in words', () => {
  const text = fc.string({ unit: fc.constantFrom(...'a_1="\\,{}!~ n') });
  fc.assert(
    fc.property(text, (written) => {
      try {
        expect(Object.keys(parseSelector(written)).length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ message: expect.stringMatching(/\.$/) });
      }
    }),
  );
});

test.each([
  [{ a: '1', b: '2' }, true],
  [{ a: '1', b: '2', c: '' }, true],
  [{ a: '2' }, false],
  [{ c: '1' }, false],
])('%j of a series with a="1" and b="2": %s', (selector, expected) => {
  expect(isSelected({ a: '1', b: '2' }, selector)).toBe(expected);
});
