import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { refusal, success } from '../../runner/matchers.ts';
import { row, scoring, tableOf } from '../score/bodies.ts';

export const maxElements = check({
  id: 'max-elements',
  about: 'an array of as many elements as allowed is taken, one of more is refused',
  needs: ['score'],
  params: z.object({ limit: z.int().positive() }),
  async run({ http, expect }, { limit }) {
    const allowed = await http(scoring(tableOf(limit)));
    expect.status('as many elements as allowed', allowed, success);
    expect.status('one element more', await http(scoring(tableOf(limit + 1))), refusal);
    const flat = await http(scoring(row(limit + 1)));
    expect.status('one element more, in one dimension', flat, refusal);
  },
});
