import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { refusal, success } from '../../runner/matchers.ts';
import { scoring, table } from '../score/bodies.ts';

export const maxFeatures = check({
  id: 'max-features',
  about: 'a row of as many features as allowed is taken, one of more is refused',
  needs: ['score'],
  params: z.object({ limit: z.int().positive() }),
  async run({ http, expect }, { limit }) {
    expect.status('as many features as allowed', await http(scoring(table(1, limit))), success);
    expect.status('one feature more', await http(scoring(table(1, limit + 1))), refusal);
  },
});
