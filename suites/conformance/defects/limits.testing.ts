import type { Defect } from './defect.testing.ts';
import { bodies, data, dataIn, refuses, rowsIn } from './mutations.testing.ts';

const good = '{"data": [[0, 0, 0, 0]]}';

/** The body has more characters than that, however they are counted. */
const longerThan = (most: number, count: (body: string) => number) =>
  refuses((body) => count(body) > most);

export const inLimits: readonly Defect[] = [
  {
    name: 'a limit of characters that is one too low',
    seed: { proxy: longerThan(9_999_999, (body) => body.length) },
    fails: { 'max-characters': ['as many characters as allowed'] },
  },
  {
    name: 'white space is not counted',
    seed: { proxy: bodies((body) => body.trim()) },
    fails: { 'max-characters': ['one character more'] },
  },
  {
    name: 'a body that is too long has no form of error',
    seed: { proxy: longerThan(10_000_000, (body) => body.length) },
    fails: { 'error-texts': ['a payload too large'] },
  },
  {
    name: 'what is too large is cut',
    seed: {
      proxy: data((value) =>
        rowsIn(value)
          .slice(0, 100)
          .map((row) => (Array.isArray(row) ? row.slice(0, 1_000) : row)),
      ),
    },
    fails: {
      'max-elements': ['one element more', 'one element more, in one dimension'],
      'max-rows': ['one row more'],
      'max-features': ['one feature more'],
    },
  },
  {
    name: 'a limit of rows that is one too low',
    seed: { proxy: refuses((body) => rowsIn(dataIn(body)).length === 100) },
    fails: {
      'max-rows': ['as many rows as allowed'],
      'max-elements': ['as many elements as allowed'],
    },
  },
  {
    name: 'a limit of features that is one too low',
    seed: {
      proxy: refuses((body) => rowsIn(dataIn(body)).some((row) => rowsIn(row).length === 1_000)),
    },
    fails: {
      'max-features': ['as many features as allowed'],
      'max-elements': ['as many elements as allowed'],
    },
  },
  {
    name: 'one dimension is refused',
    seed: { proxy: refuses((body) => typeof rowsIn(dataIn(body))[0] === 'number') },
    fails: { dimensions: ['1-D'] },
  },
  {
    name: 'arrays of any dimensions are made flat',
    seed: { proxy: data((value) => (Array.isArray(value) ? value.flat(Infinity) : [value])) },
    fails: { dimensions: ['a number alone', 'one dimension more'] },
  },
  {
    name: 'nothing is taken for zeros',
    seed: { proxy: bodies((body) => (body.trim() === '' ? good : body)) },
    fails: { 'empty-body': ['an empty body', 'no body and no content type', 'white space alone'] },
  },
  {
    name: 'null and an object without anything are taken for zeros',
    seed: { proxy: bodies((body) => (/^(null|\{\})$/.test(body) ? good : body)) },
    fails: { 'empty-body': ['null', 'an object without anything'] },
  },
];
