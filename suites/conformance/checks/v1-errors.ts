import { z } from 'zod';
import { isObject } from '../../../traffic/apis/format.ts';
import { check } from '../../runner/check.ts';
import { is, refusal } from '../../runner/matchers.ts';
import { errorBody, noSuchModel, predictPath } from '../shared/kserve-v1.ts';

/** What no model ever sees: what its own code makes of instances that it cannot take is not asked. */
const noRequests: readonly [subject: string, body: string][] = [
  ['malformed JSON', '{"instances": [[1, 2]'],
  ['an empty body', ''],
  ['instances that are no list', '{"instances": {"0": [1, 2]}}'],
];

export const v1Errors = check({
  id: 'v1-errors',
  about: 'what is no V1 request, or asks for an unknown model, is refused with {"error": text}',
  needs: ['kserve-v1'],
  params: z.object({}),
  async run({ http, expect, model }) {
    const cases = [
      ...noRequests.map(([subject, body]) => ({ subject, of: model, body, status: refusal })),
      {
        subject: 'an unknown model',
        of: noSuchModel,
        body: '{"instances":[[1,2]]}',
        status: is(404),
      },
    ];
    for (const { subject, of, body, status } of cases) {
      const headers = { 'content-type': 'application/json' };
      const answer = await http({ path: predictPath(of), body, headers });
      if (!expect.status(subject, answer, status)) continue;
      // So FastAPI words what it refuses by itself. It is a deviation of its own: the status may well be 422.
      const isDetail =
        isObject(answer.json) && 'detail' in answer.json && !('error' in answer.json);
      expect.value('an error told as "detail"', isDetail, is(false), answer);
      if (!isDetail)
        expect.value('the body of an error', answer.json ?? answer.text, errorBody, answer);
    }
  },
});
