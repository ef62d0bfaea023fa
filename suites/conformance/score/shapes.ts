import { z } from 'zod';
import { type Matcher, ofShape } from '../../runner/matchers.ts';

/** What fields of an answer are made of. `minutes`: how far its clock may be from ours. */

export const text = z.string().min(1);
export const isText = ofShape(text, 'text that is not empty');

/** RFC 9110, 8.3.1: without regard to case, parameters may follow. */
export const isJsonType = ofShape(
  z.string().regex(/^application\/json\s*(;|$)/i),
  'application/json',
);

const near = (ms: number, minutes: number) => Math.abs(ms - Date.now()) <= minutes * 60_000;

const requestIdForm = /^(\d{13})-\d+$/;

export const requestId = (minutes: number) =>
  z.string().refine((id) => near(Number(requestIdForm.exec(id)?.[1]), minutes));

export const isRequestId = (minutes: number): Matcher =>
  ofShape(
    requestId(minutes),
    `<epoch ms>-<number>, of a time within ${minutes} min of our clock's`,
  );

/** ISO 8601, with or without its separators, seconds and minutes of the offset. */
const iso =
  /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?(Z|([+-]\d\d):?(\d\d)?)?$/;

/** As RFC 3339 writes it, which zod reads. Where no zone is named it is UTC. */
function inFull(time: string): string {
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '00',
    fraction = '0',
    zone = 'Z',
    offset,
    more,
  ] = iso.exec(time) ?? [];
  const where = offset === undefined ? zone : `${offset}:${more ?? '00'}`;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}${where}`;
}

const rfc3339 = z.iso.datetime({ offset: true });

export const timestamp = (minutes: number) =>
  z.string().refine((time) => {
    const full = inFull(time);
    return rfc3339.safeParse(full).success && near(Date.parse(full), minutes);
  });

export const isTimestamp = (minutes: number): Matcher =>
  ofShape(timestamp(minutes), `a time in ISO 8601 within ${minutes} min of our clock's`);
