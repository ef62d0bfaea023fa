import { type ApiFormat, hasPredictions, isObject } from './format.ts';

/** `POST /score`. */
export const score: ApiFormat = {
  path: () => '/score',
  instancesKey: 'data',
  isDocumented: (body, rows) =>
    hasPredictions(body, rows) && isObject(Reflect.get(body, 'metadata')),
};
