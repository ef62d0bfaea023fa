import { conventionalRows } from './conventional.ts';
import type { Dialect } from './dialect.ts';

const noCache = { lacks: 'its document has no cache of answers' };

export const kserveMlops: Dialect = {
  name: 'kserve-mlops',
  title: 'the reference server as kserve-mlops',
  source: { kind: 'recorded', server: 'reference server', version: '0.2.0' },
  negotiates: false,
  modelLabel: 'model',
  rows: { ...conventionalRows, cacheHits: noCache, cacheLookups: noCache },
};
