import { randomUUID } from 'node:crypto';
import { always, type Defect, html, thisId } from './defect.testing.ts';
import { answers, field, rowsIn } from './mutations.testing.ts';

/** What answers to requests of one row, and of several, are looked at for. */
const both = (...what: string[]) =>
  ['one row', 'several rows'].flatMap((rows) => what.map((one) => `${rows}: ${one}`));
const metadata = [
  'model_name',
  'model_version',
  'deployment',
  'request_id',
  'inference_time_ms',
  'timestamp',
  'num_predictions',
] as const;

const anHourAgo = () => Date.now() - 3_600_000;

const wrongMetadata: Record<(typeof metadata)[number], () => unknown> = {
  model_name: always(''),
  model_version: always(1),
  deployment: always(undefined),
  request_id: () => randomUUID(),
  inference_time_ms: always('12.34'),
  timestamp: () => new Date().toUTCString(),
  num_predictions: always(2),
};

export const inAnswers: readonly Defect[] = [
  {
    name: 'what is taken is answered with 201',
    seed: { proxy: answers('good', '/score', () => ({ status: 201 })) },
    fails: {
      'score-answer': both('status'),
      'max-elements': ['as many elements as allowed'],
      'max-rows': ['as many rows as allowed'],
      'max-features': ['as many features as allowed'],
      dimensions: ['1-D', '2-D'],
    },
  },
  {
    name: 'answers say that they are pages',
    seed: { proxy: answers('good', '/score', () => ({ headers: html })) },
    fails: { 'score-answer': both('content type') },
  },
  {
    name: 'only the first row is predicted',
    seed: { proxy: field('good', '/score', ['predictions'], (all) => rowsIn(all).slice(0, 1)) },
    fails: { 'score-answer': ['several rows: predictions'] },
  },
  ...[null, '0.5', [0.5], true].map((prediction) => ({
    name: `a prediction that is ${JSON.stringify(prediction)}`,
    seed: {
      proxy: field('good', '/score', ['predictions'], (all) => rowsIn(all).map(always(prediction))),
    },
    fails: { 'score-answer': both('predictions') },
  })),
  {
    name: 'there is a prediction too many',
    seed: { proxy: field('good', '/score', ['predictions'], (all) => [...rowsIn(all), 0]) },
    fails: { 'score-answer': both('predictions') },
  },
  ...metadata.map((name) => ({
    name: `a wrong ${name} in metadata`,
    seed: { proxy: field('good', '/score', ['metadata', name], wrongMetadata[name]) },
    fails: { 'score-answer': both(`metadata.${name}`) },
  })),
  {
    name: 'a number of predictions that is always 1',
    seed: { proxy: field('good', '/score', ['metadata', 'num_predictions'], always(1)) },
    fails: { 'score-answer': ['several rows: metadata.num_predictions'] },
  },
  {
    name: 'the time of inference in microseconds',
    seed: {
      proxy: field('good', '/score', ['metadata', 'inference_time_ms'], (ms) => 1000 * Number(ms)),
    },
    fails: { 'score-answer': both('metadata.inference_time_ms') },
  },
  {
    name: 'a clock an hour behind',
    seed: {
      proxy: field('good', '/score', ['metadata', 'timestamp'], () =>
        new Date(anHourAgo()).toISOString(),
      ),
    },
    fails: { 'score-answer': both('metadata.timestamp') },
  },
  {
    name: 'request ids of an hour ago',
    seed: {
      proxy: field(
        'good',
        '/score',
        ['metadata', 'request_id'],
        () => `${anHourAgo()}-${Date.now()}`,
      ),
    },
    fails: { 'score-answer': both('metadata.request_id') },
  },
  {
    name: 'one request id for all',
    seed: { proxy: field('good', '/score', ['metadata', 'request_id'], always(thisId)) },
    fails: { 'score-answer': ['request ids that differ'] },
  },
  {
    name: 'every request ends in an error',
    seed: { fault: { errorShare: 1 } },
    fails: { 'score-answer': both('status') },
  },
  {
    name: 'every answer is cut',
    seed: { fault: { malformedShare: 1 } },
    fails: {
      'score-answer': [
        ...both('predictions', ...metadata.map((name) => `metadata.${name}`)),
        'request ids that differ',
      ],
    },
  },
];
