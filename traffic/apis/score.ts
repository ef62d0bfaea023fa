import {
  type ApiFormat,
  hasPredictions,
  isObject,
  rowsUnder,
  versionInMetadata,
} from './format.ts';

/** `POST /score`. */
export const score: ApiFormat = {
  path: () => '/score',
  ...rowsUnder('data'),
  isDocumented: (body, rows) =>
    hasPredictions(body, rows, Number.isFinite) && isObject(Reflect.get(body, 'metadata')),
  modelVersionIn: versionInMetadata,
};
