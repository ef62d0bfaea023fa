import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { clientError, success } from '../../runner/matchers.ts';

export const maxElements = check({
  id: 'max-elements',
  about: 'an array of as many elements as allowed is taken, one of more is refused',
  needs: ['score'],
  params: z.object({ limit: z.int().positive() }),
  async run({ http, expect }, { limit }) {
    const rows = 100;
    const allowed = await http({ path: '/score', json: { data: table(rows, limit / rows) } });
    expect.status('an array of as many elements as allowed', allowed, success);
    const over = await http({ path: '/score', json: { data: [table(1, limit + 1)[0]] } });
    expect.status('an array with one element more', over, clientError);
  },
});

const table = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: Math.floor(columns) }, () => 1));
