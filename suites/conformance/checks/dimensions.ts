import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { refusal, success } from '../../runner/matchers.ts';
import { box, scoring } from '../score/bodies.ts';

export const dimensions = check({
  id: 'dimensions',
  about: 'arrays of up to so many dimensions are taken, others are refused',
  needs: ['score'],
  params: z.object({ most: z.int().positive().max(8) }),
  async run({ http, expect }, { most }) {
    for (let allowed = 1; allowed <= most; allowed++)
      expect.status(`${allowed}-D`, await http(scoring(box(allowed))), success);
    expect.status('a number alone', await http(scoring(box(0))), refusal);
    expect.status('one dimension more', await http(scoring(box(most + 1))), refusal);
  },
});
