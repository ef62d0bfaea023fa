import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is, success } from '../../runner/matchers.ts';
import { fromCache, isHit } from '../inside/cache.ts';
import { newRow, score, untilLoaded } from '../inside/server.ts';
import { environment, oneServer } from '../inside/stacks.ts';
import { fieldOf } from '../shared/json.ts';

const fields = {
  model_name: environment.MODEL_NAME,
  model_version: environment.MODEL_VERSION,
  deployment: environment.DEPLOYMENT_NAME,
};

export const environmentInAnswer = check({
  id: 'environment-in-answer',
  about: 'names of model, version and deployment in the environment stand in every answer',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({}),
  async run(context) {
    const { http, expect } = context;
    await untilLoaded(context);
    const row = newRow();
    const again = await fromCache(() => score(http, [row]), context);
    const answers = {
      'one row': await score(http, [newRow()]),
      'several rows': await score(http, [newRow(), newRow(), newRow()]),
      'the same row again': again,
    };
    for (const [of, answer] of Object.entries(answers)) {
      expect.status(`an answer to ${of}`, answer, success);
      for (const [name, value] of Object.entries(fields)) {
        const seen = fieldOf(answer.json, 'metadata', name);
        expect.value(`${name} for ${of}`, seen, is(value), answer);
      }
    }
    expect.value('an answer from the cache', isHit(again), is(true), again);
  },
});
