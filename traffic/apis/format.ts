/** How one API is written on the wire: the one place where its client knows it. */
export interface ApiFormat {
  /** Where inference requests go, below the base URL. */
  path(model: string): string;
  /** A request with this one row. */
  bodyOf(row: readonly number[]): string;
  /** Rows in the parsed body of a request that a user wrote; undefined where it does not say. */
  rowsIn(body: object): number | undefined;
  /** Whether the parsed body of an answer is the documented one; `rows` is undefined where it is not known how many were sent. */
  isDocumented(body: object, rows: number | undefined): boolean;
  /** Which version of the model answered, where the body tells. */
  modelVersionIn(body: object): unknown;
}

/** The two of an API whose requests have their rows as a list of lists under one key. */
export function rowsUnder(key: string): Pick<ApiFormat, 'bodyOf' | 'rowsIn'> {
  return {
    bodyOf: (row) => `{"${key}":[[${row.join(',')}]]}`,
    rowsIn(body) {
      const rows: unknown = Reflect.get(body, key);
      // A flat array is one instance to a server that takes 1-D data, several to one that takes scalars.
      return Array.isArray(rows) && rows.length > 0 && rows.every(Array.isArray)
        ? rows.length
        : undefined;
    },
  };
}

/** As many predictions as rows were sent; any, but not none, where that is not known. */
export function hasPredictions(
  body: object,
  rows: number | undefined,
  isPrediction: (value: unknown) => boolean,
): boolean {
  const predictions: unknown = Reflect.get(body, 'predictions');
  if (!Array.isArray(predictions) || !predictions.every(isPrediction)) return false;
  return rows === undefined ? predictions.length > 0 : predictions.length === rows;
}

/** Where the API does not say it itself: some servers add a `metadata` object. */
export function versionInMetadata(body: object): unknown {
  const metadata: unknown = Reflect.get(body, 'metadata');
  return isObject(metadata) ? Reflect.get(metadata, 'model_version') : undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
