import type { Api } from '../../slo/profile.ts';
import { type ApiFormat, isObject } from './format.ts';
import { kserveV1 } from './kserve-v1.ts';
import { score } from './score.ts';

/** What can be read from an answer that has the expected status. */
interface Answer {
  wellFormed: boolean;
  modelVersion?: string;
}

/** Every API that a profile can name. */
export const formats: Readonly<Record<Api, ApiFormat>> = { score, 'kserve-v1': kserveV1 };

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
  const { isDocumented, modelVersionIn } = formats[api];
  const wellFormed = isDocumented(body, rows);
  const version = modelVersionIn(body);
  return typeof version === 'string' ? { wellFormed, modelVersion: version } : { wellFormed };
}

/** k6 dies of JSON that is nested some million levels deep; no documented answer has so many lists and objects in it. */
const mostOpened = 1_000_000;

function isTooDeep(text: string): boolean {
  return text.length > mostOpened && text.split('[').length + text.split('{').length > mostOpened;
}
