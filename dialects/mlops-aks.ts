import { cacheRows, conventionalRows } from './conventional.ts';
import type { Dialect } from './dialect.ts';

export const mlopsAks: Dialect = {
  name: 'mlops-aks',
  title: 'the reference server as mlops-aks',
  source: { kind: 'recorded', server: 'reference server', version: '0.2.0' },
  negotiates: false,
  modelLabel: 'model',
  rows: { ...conventionalRows, ...cacheRows },
};
