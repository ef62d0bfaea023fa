import type { Guard } from './guard.ts';

/** A character takes at most four bytes of UTF-8, and Fastify counts bytes. */
const bytesPerCharacter = 4;

/** Reads no body that is longer than so many characters can be. Who parses it counts exactly. */
export const bodyLimit = ({ characters }: { characters: number }): Guard => {
  return (app) => {
    app.addHook('onRoute', (route) => {
      route.bodyLimit = bytesPerCharacter * characters;
    });
  };
};
