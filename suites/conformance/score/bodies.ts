import type { Ask } from '../../runner/http.ts';

/** Of a row in the documented call, `{"data": [[1,2,3,4]]}`. */
const documentedFeatures = 4;

/** Most rows of an array that is to be allowed. */
const mostRows = 100;

/** `POST /score` with an array as the data. */
export const scoring = (data: unknown): Ask => ({ path: '/score', json: { data } });

/** `POST /score` with a body of any text. */
export const scoringText = (body: string): Ask => ({
  path: '/score',
  body,
  headers: { 'content-type': 'application/json' },
});

/** Numbers in one dimension. The first was never sent before, so that no cache knows the answer. */
export function row(features = documentedFeatures): number[] {
  return Array.from({ length: features }, (_, at) => (at === 0 ? Math.random() : at % 10));
}

export function table(rows: number, features = documentedFeatures): number[][] {
  return Array.from({ length: rows }, () => row(features));
}

/** So many numbers in two dimensions, in as many rows of one length as it can be, 100 at most. */
export function tableOf(elements: number): number[][] {
  let rows = mostRows;
  while (elements % rows !== 0) rows -= 1;
  return table(rows, elements / rows);
}

/** Numbers in a box of so many dimensions; 0 is a number alone. */
export function box(dimensions: number): unknown {
  if (dimensions === 0) return Math.random();
  return dimensions === 1 ? row() : [box(dimensions - 1), box(dimensions - 1)];
}

/** The text with white space behind it, which JSON does not heed (RFC 8259, 2), up to so many characters. */
export function padded(text: string, characters: number): string {
  return text + ' '.repeat(characters - [...text].length);
}
