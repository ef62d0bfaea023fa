import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { clientError } from '../../runner/matchers.ts';

export const emptyBody = check({
  id: 'empty-body',
  about: 'a request without a body, or with an empty one, is refused',
  needs: ['score'],
  params: z.object({}),
  async run({ http, expect }) {
    const empty = await http({
      path: '/score',
      body: '',
      headers: { 'content-type': 'application/json' },
    });
    expect.status('an empty body', empty, clientError);
    const nothing = await http({ path: '/score', method: 'POST' });
    expect.status('no body and no content type', nothing, clientError);
  },
});
