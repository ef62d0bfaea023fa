import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { refusal, success } from '../../runner/matchers.ts';
import { scoring, table } from '../score/bodies.ts';

export const maxRows = check({
  id: 'max-rows',
  about: 'as many rows as allowed are taken, one more is refused',
  needs: ['score'],
  params: z.object({ limit: z.int().positive() }),
  async run({ http, expect }, { limit }) {
    expect.status('as many rows as allowed', await http(scoring(table(limit))), success);
    expect.status('one row more', await http(scoring(table(limit + 1))), refusal);
  },
});
