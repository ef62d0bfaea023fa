import { z } from 'zod';
import { check } from '../../runner/check.ts';
import type { Ask } from '../../runner/http.ts';
import { refusal } from '../../runner/matchers.ts';
import { scoringText } from '../score/bodies.ts';
import { expectRightRequest } from '../shared/right-request.ts';

const cases: Readonly<Record<string, Ask>> = {
  'an empty body': scoringText(''),
  'no body and no content type': { path: '/score', method: 'POST' },
  'white space alone': scoringText(' \r\n\t '),
  null: scoringText('null'),
  'an object without anything': scoringText('{}'),
};

export const emptyBody = check({
  id: 'empty-body',
  about: 'a request without a body, or with an empty one, is refused',
  needs: ['score'],
  params: z.object({}),
  async run(context) {
    const { http, expect } = context;
    await expectRightRequest(context);
    for (const [subject, ask] of Object.entries(cases))
      expect.status(subject, await http(ask), refusal);
  },
});
