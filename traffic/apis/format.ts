/** How one API is written on the wire: the one place where its client knows it. */
export interface ApiFormat {
  /** Where inference requests go, below the base URL. */
  path(model: string): string;
  /** Key of a request under which the instances stand. */
  instancesKey: string;
  /** Whether the parsed body of an answer is the documented one; `rows` is undefined where it is not known how many were sent. */
  isDocumented(body: object, rows: number | undefined): boolean;
}

/** As many predictions as rows were sent; any, but not none, where that is not known. */
export function hasPredictions(body: object, rows: number | undefined): boolean {
  const predictions: unknown = Reflect.get(body, 'predictions');
  if (!Array.isArray(predictions)) return false;
  return rows === undefined ? predictions.length > 0 : predictions.length === rows;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
