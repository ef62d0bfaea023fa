import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { refusal, success } from '../../runner/matchers.ts';
import { padded, scoringText, table } from '../score/bodies.ts';

export const maxCharacters = check({
  id: 'max-characters',
  about: 'a body of as many characters as allowed is taken, one of more is refused',
  needs: ['score'],
  // Its bodies are megabytes, on whatever line there is.
  withinMs: 120_000,
  params: z.object({ limit: z.int().positive() }),
  async run({ http, expect }, { limit }) {
    const body = () => JSON.stringify({ data: table(1) });
    const allowed = await http(scoringText(padded(body(), limit)));
    expect.status('as many characters as allowed', allowed, success);
    const over = await http(scoringText(padded(body(), limit + 1)));
    expect.status('one character more', over, refusal);
  },
});
