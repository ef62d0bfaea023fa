import type { Api } from '../slo/profile.ts';

/** What can be read from an answer that has the expected status. */
interface Answer {
  wellFormed: boolean;
  modelVersion?: string;
}

interface ApiFormat {
  path(model: string): string;
  /** Whether the parsed body is the documented one. */
  isDocumented(body: object, rows: number | undefined): boolean;
}

const formats: Record<Api, ApiFormat> = {
  score: {
    path: () => '/score',
    isDocumented: (body, rows) =>
      hasPredictions(body, rows) && isObject(Reflect.get(body, 'metadata')),
  },
  'kserve-v1': {
    path: (model) => `/v1/models/${encodeURIComponent(model)}:predict`,
    isDocumented: hasPredictions,
  },
};

/** Where the API's inference requests go, below the base URL. */
export function pathOf(api: Api, model: string): string {
  return formats[api].path(model);
}

/** Reads the body of an answer with the expected status; anything but the documented JSON is not well-formed. */
export function readAnswer(api: Api, text: string, rows: number | undefined): Answer {
  if (isTooDeep(text)) return { wellFormed: false };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { wellFormed: false };
  }
  if (!isObject(body)) return { wellFormed: false };
  const metadata: unknown = Reflect.get(body, 'metadata');
  const version: unknown = isObject(metadata) ? Reflect.get(metadata, 'model_version') : undefined;
  const wellFormed = formats[api].isDocumented(body, rows);
  return typeof version === 'string' ? { wellFormed, modelVersion: version } : { wellFormed };
}

/** k6 dies of JSON that is nested some million levels deep; no documented answer has so many lists and objects in it. */
const mostOpened = 1_000_000;

function isTooDeep(text: string): boolean {
  return text.length > mostOpened && text.split('[').length + text.split('{').length > mostOpened;
}

/**
 * Whether a cache answered: `Cache-Status` (RFC 9211), where any cache of the chain says `hit`, or the older `x-cache: HIT`. Undefined
 * when the answer says nothing of a cache.
 */
export function cacheHitOf(
  cacheStatus: string | undefined,
  xCache: string | undefined,
): boolean | undefined {
  if (cacheStatus !== undefined) {
    const unquoted = cacheStatus.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    return /;\s*hit\s*(?:[;,]|=\?1|$)/i.test(unquoted);
  }
  return xCache === undefined ? undefined : /^\s*hit/i.test(xCache);
}

function hasPredictions(body: object, rows: number | undefined): boolean {
  const predictions: unknown = Reflect.get(body, 'predictions');
  if (!Array.isArray(predictions)) return false;
  return rows === undefined ? predictions.length > 0 : predictions.length === rows;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
