import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is, ofShape, success } from '../../runner/matchers.ts';
import { instances, predictPath } from '../shared/kserve-v1.ts';

// What a server writes where it has no prediction, or no JSON for it (NaN).
const prediction = z.unknown().refine((value) => value !== null);
const answered = z.object({ predictions: z.array(prediction) });

export const v1Predict = check({
  id: 'v1-predict',
  about: 'instances get predictions, in JSON',
  needs: ['kserve-v1'],
  params: z.object({
    /** What the model takes. */
    instances,
    /** Whether it gives one prediction for each; one of other things than rows need not. */
    onePerInstance: z.boolean().default(true),
  }),
  async run({ http, expect, model }, { instances: all, onePerInstance }) {
    for (const some of [all, all.slice(0, 1)]) {
      const answer = await http({ path: predictPath(model), json: { instances: some } });
      expect.status('instances', answer, success);
      expect.value(
        'the body of the answer',
        answer.json ?? answer.text,
        ofShape(answered, 'a JSON object with a list "predictions", none of them null'),
        answer,
      );
      if (!onePerInstance) continue;
      const { predictions } = answered.safeParse(answer.json).data ?? {};
      expect.value('the number of predictions', predictions?.length, is(some.length), answer);
    }
  },
});
