/** What can be wrong with a request, or with the server when it comes, and the status that says so. */
const refusals = {
  BAD_REQUEST: 400,
  EMPTY_BODY: 400,
  INVALID_UTF8: 400,
  INVALID_JSON: 400,
  UNKNOWN_FIELD: 400,
  DUPLICATE_FIELD: 400,
  NO_ARRAY: 400,
  BAD_DIMENSIONS: 400,
  ARRAY_TOO_LARGE: 400,
  TOO_MANY_ROWS: 400,
  TOO_MANY_FEATURES: 400,
  RAGGED_ROWS: 400,
  NOT_A_NUMBER: 400,
  BAD_FAULTS: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  MODEL_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  EXPECTATION_FAILED: 417,
  HEADERS_TOO_LARGE: 431,
  CLIENT_GONE: 499,
  INFERENCE_FAILED: 500,
  METHOD_UNKNOWN: 501,
  MODEL_NOT_READY: 503,
  QUEUE_FULL: 503,
} as const;

type RefusalCode = keyof typeof refusals;

/** A request that gets no prediction, with a message for its sender. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly status: number;
  /** What its status asks for, such as `Allow` or `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = refusals[code];
    this.headers = headers;
  }
}
