import { createHash, timingSafeEqual } from 'node:crypto';
import type { Guard } from './guard.ts';

/** Equal lengths whatever was sent, so that the comparison tells nothing by the time it takes. */
const digest = (text: string) => createHash('sha256').update(text).digest();

/** Answers 401 to whoever does not send the token. */
export const bearerToken = (token: string): Guard => {
  const expected = digest(`Bearer ${token}`);
  return (app) => {
    app.addHook('onRequest', async (request, reply) => {
      if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return;
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'a bearer token is needed' });
    });
  };
};
