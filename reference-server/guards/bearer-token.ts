import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../requests/refusal.ts';
import type { Guard } from './guard.ts';

/** Equal lengths whatever was sent, so that the comparison tells nothing by the time it takes. */
const digest = (text: string) => createHash('sha256').update(text).digest();

/** Answers 401 to whoever does not send the token. */
export const bearerToken = (token: string): Guard => {
  const expected = digest(`Bearer ${token}`);
  return (app) => {
    app.addHook('onRequest', async (request) => {
      if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return;
      throw new Refusal('UNAUTHORIZED', 'a bearer token is needed', {
        'www-authenticate': 'Bearer',
      });
    });
  };
};
