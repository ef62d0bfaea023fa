import { type ApiFormat, hasPredictions, rowsUnder, versionInMetadata } from './format.ts';

/** `POST /v1/models/{name}:predict` (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol). */
export const kserveV1: ApiFormat = {
  path: (model) => `/v1/models/${encodeURIComponent(model)}:predict`,
  ...rowsUnder('instances'),
  // What a model predicts is its own affair, but null is what a server writes where it has no prediction, or no JSON for it (NaN).
  isDocumented: (body, rows) => hasPredictions(body, rows, (value) => value !== null),
  modelVersionIn: versionInMetadata,
};
