import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { modelPath, predictPath } from '../shared/kserve-v1.ts';
import { allows, notThisMethod } from '../shared/methods.ts';

export const v1Method = check({
  id: 'v1-method',
  about: 'V1 refuses other methods than its own, and does not say that the model is not there',
  needs: ['kserve-v1'],
  params: z.object({}),
  async run({ http, expect, model }) {
    const cases = [
      { subject: 'GET on :predict', method: 'GET', path: predictPath(model), right: 'POST' },
      { subject: 'PUT on :predict', method: 'PUT', path: predictPath(model), right: 'POST' },
      { subject: 'POST on a model', method: 'POST', path: modelPath(model), right: 'GET' },
    ];
    for (const { subject, method, path, right } of cases) {
      const body = method === 'GET' ? {} : { json: { instances: [[1, 2]] } };
      const answer = await http({ method, path, ...body });
      expect.status(subject, answer, notThisMethod);
      if (answer.status === 405)
        expect.value(`Allow, after ${subject}`, answer.headers['allow'], allows(right), answer);
    }
  },
});
