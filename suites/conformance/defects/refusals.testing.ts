import { randomUUID } from 'node:crypto';
import { always, type Defect, errorField, html, thisId } from './defect.testing.ts';
import { answers } from './mutations.testing.ts';

const errors = (what: string) =>
  [
    'an empty body',
    'what is no JSON',
    'no data',
    'too many elements',
    'text in place of numbers',
    'rows of different lengths',
    'three dimensions',
  ].map((kind) => `${kind}: ${what}`);

const refused = {
  'empty-body': [
    'an empty body',
    'no body and no content type',
    'white space alone',
    'null',
    'an object without anything',
  ],
  'max-elements': ['one element more', 'one element more, in one dimension'],
  'max-rows': ['one row more'],
  'max-features': ['one feature more'],
  dimensions: ['a number alone', 'one dimension more'],
  'structured-errors': errors('status'),
};

export const inRefusals: readonly Defect[] = [
  // What a gateway says before the service has read anything.
  ...[401, 403, 404, 407, 408, 429].map((status) => ({
    name: `what is refused is answered with ${status}`,
    seed: { proxy: answers('bad', '/score', () => ({ status })) },
    fails: refused,
  })),
  {
    name: 'what is right is refused too',
    seed: { proxy: answers('good', '/score', () => ({ status: 400 })) },
    fails: {
      'empty-body': ['a right request'],
      'structured-errors': ['a right request'],
    },
  },
  {
    name: 'what is refused is answered with 500',
    seed: { proxy: answers('bad', '/score', () => ({ status: 500 })) },
    fails: refused,
  },
  {
    name: 'errors are pages',
    seed: { proxy: answers('bad', '/score', () => ({ headers: html, body: '<p>Bad Request' })) },
    fails: {
      'structured-errors': [
        ...errors('content type'),
        ...errors('body'),
        'request ids that differ',
      ],
      'error-texts': ['an empty body', 'null', 'a payload too large', 'an array too large'],
    },
  },
  ...[['error'], ['trace'], ['metadata', 'request_id'], ['metadata', 'model_version']].map(
    (names) => ({
      name: `errors lack ${names.join('.')}`,
      seed: errorField(names, always(undefined)),
      fails: {
        'structured-errors': [
          ...errors('body'),
          ...(names.includes('request_id') ? ['request ids that differ'] : []),
        ],
      },
    }),
  ),
  {
    name: 'errors have times in their own form',
    seed: errorField(['metadata', 'timestamp'], () => new Date().toUTCString()),
    fails: { 'structured-errors': errors('body') },
  },
  {
    name: 'errors have request ids in their own form',
    seed: errorField(['metadata', 'request_id'], () => randomUUID()),
    fails: { 'structured-errors': errors('body') },
  },
  {
    name: 'one request id for all errors',
    seed: errorField(['metadata', 'request_id'], always(thisId)),
    fails: { 'structured-errors': ['request ids that differ'] },
  },
  {
    name: 'what is no JSON is answered by the framework',
    seed: {
      proxy: answers('bad', '/score', ({ body }, asked) =>
        asked.body.endsWith('[[1, 2')
          ? { body: '{"statusCode":400,"error":"Bad Request","message":"Unexpected end"}' }
          : { body },
      ),
    },
    fails: { 'structured-errors': ['what is no JSON: body'] },
  },
  {
    name: 'every error has one text',
    seed: errorField(['error'], always('Invalid input')),
    fails: {
      'error-texts': ['an empty body', 'null', 'a payload too large', 'an array too large'],
    },
  },
  {
    name: 'the count that is told is that of the document’s example',
    seed: errorField(['error'], (text) => String(text).replace('100001', '150000')),
    fails: { 'error-texts': ['an array too large'] },
  },
  {
    name: 'another limit of bytes is told',
    seed: errorField(['error'], (text) => String(text).replace('10MB', '100MB')),
    fails: { 'error-texts': ['a payload too large'] },
  },
];
