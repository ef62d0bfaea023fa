import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawsAtMost } from './hypergeometric.ts';

test.for([
  // 5 of 10 drawn of which 3 are marked: C(7,5)/C(10,5), and with one of them C(3,1)·C(7,4) more.
  { most: 0, total: 10, marked: 3, drawn: 5, chance: 21 / 252 },
  { most: 1, total: 10, marked: 3, drawn: 5, chance: (21 + 105) / 252 },
  { most: 3, total: 10, marked: 3, drawn: 5, chance: 1 },
  // More are drawn than there are unmarked ones: one at least is marked.
  { most: 0, total: 10, marked: 3, drawn: 8, chance: 0 },
  { most: 0, total: 10, marked: 3, drawn: 0, chance: 1 },
])('at most $most of $marked in $drawn of $total: $chance', ({ most, chance, ...of }) => {
  expect(drawsAtMost(most, of)).toBeCloseTo(chance, 12);
});

test('what is marked and what is drawn may change places', () => {
  const draw = fc.record({
    total: fc.integer({ min: 20, max: 2_000 }),
    marked: fc.integer({ min: 0, max: 20 }),
    drawn: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(draw, fc.integer({ min: 0, max: 20 }), (of, most) => {
      const turned = { ...of, marked: of.drawn, drawn: of.marked };
      expect(drawsAtMost(most, of)).toBeCloseTo(drawsAtMost(most, turned), 9);
    }),
  );
});
