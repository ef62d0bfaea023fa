import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is, type Matcher, ofShape, success } from '../../runner/matchers.ts';
import { modelPath, modelsPath, noSuchModel } from '../shared/kserve-v1.ts';

const available = z.object({
  model_version_status: z
    .array(z.object({ state: z.string() }))
    .refine((versions) => versions.some(({ state }) => state === 'AVAILABLE')),
});

export const v1Models = check({
  id: 'v1-models',
  about: 'the model is listed and says that it is ready, an unknown one is not found',
  needs: ['kserve-v1'],
  params: z.object({
    /** TensorFlow Serving has no list, and tells of versions in place of `ready`. */
    flavour: z.enum(['kserve', 'tensorflow']).default('kserve'),
  }),
  async run({ http, expect, model }, { flavour }) {
    if (flavour === 'kserve') {
      const list = await http({ path: modelsPath });
      expect.status('the list of models', list, success);
      expect.value('the models in it', list.json ?? list.text, lists(model), list);
    }
    const one = await http({ path: modelPath(model) });
    expect.status('the model', one, success);
    expect.value('what it says of itself', one.json ?? one.text, isReady[flavour](model), one);
    const unknown = await http({ path: modelPath(noSuchModel) });
    expect.status('an unknown model', unknown, is(404));
  },
});

const lists = (model: string): Matcher =>
  ofShape(
    z.object({ models: z.array(z.string()).refine((models) => models.includes(model)) }),
    `a JSON object whose "models" has "${model}"`,
  );

const isReady = {
  kserve: (model: string): Matcher =>
    ofShape(
      z.object({ name: z.literal(model), ready: z.literal(true) }),
      `a JSON object with the name "${model}" and ready: true`,
    ),
  tensorflow: (): Matcher => ofShape(available, 'a "model_version_status" that is AVAILABLE'),
};
