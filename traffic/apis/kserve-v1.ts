import { type ApiFormat, hasPredictions, rowsUnder, versionInMetadata } from './format.ts';

/** `POST /v1/models/{name}:predict` (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol). */
export const kserveV1: ApiFormat = {
  path: (model) => `/v1/models/${encodeURIComponent(model)}:predict`,
  ...rowsUnder('instances'),
  isDocumented: hasPredictions,
  modelVersionIn: versionInMetadata,
};
