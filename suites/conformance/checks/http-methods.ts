import { z } from 'zod';
import { formats } from '../../../traffic/apis/index.ts';
import { check } from '../../runner/check.ts';
import { is } from '../../runner/matchers.ts';
import { allows } from '../shared/methods.ts';

export const httpMethods = check({
  id: 'http-methods',
  about: 'where predictions are made another method is 405 with Allow, and another path is 404',
  needs: [],
  params: z.object({}),
  async run({ http, expect, api, model }) {
    // GET is left out: some serve it on purpose.
    const { path, bodyOf } = formats[api];
    const headers = { 'content-type': 'application/json' };
    const put = await http({ method: 'PUT', path: path(model), body: bodyOf([1, 2]), headers });
    // RFC 9110 §9.1 and §15.5.6.
    expect.status('PUT where predictions are made', put, is(405));
    if (put.status === 405)
      expect.value('Allow of the 405', put.headers['allow'], allows('POST'), put);
    const nowhere = await http({ path: '/tailgate/no-such-path' });
    expect.status('a path that is not there', nowhere, is(404));
  },
});
