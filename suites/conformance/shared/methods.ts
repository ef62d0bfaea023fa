import { z } from 'zod';
import { type Matcher, ofShape } from '../../runner/matchers.ts';

/** An answer that there is nothing says of the method what is not true; 405 is the right one (RFC 9110 §15.5.6). */
export const notThisMethod: Matcher = ofShape(
  z
    .int()
    .min(400)
    .max(499)
    .refine((status) => status !== 404),
  'a client error other than 404, best 405',
);

/** The header that a 405 must have (RFC 9110 §15.5.6). */
export const allows = (method: string): Matcher =>
  ofShape(
    z.string().refine((allow) => allow.split(',').some((one) => one.trim() === method)),
    `a list with ${method}`,
  );
