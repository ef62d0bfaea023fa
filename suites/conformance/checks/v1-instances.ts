import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { refusal } from '../../runner/matchers.ts';
import { predictPath } from '../shared/kserve-v1.ts';

const bodies: readonly [subject: string, body: unknown][] = [
  ['instances that are null', { instances: null }],
  ['no instances', {}],
  ['a body that is null', null],
  ['a body that is a list', []],
];

export const v1Instances = check({
  id: 'v1-instances',
  about:
    'JSON without a list of instances is refused as the mistake of its sender, which KServe leaves to the model',
  needs: ['kserve-v1'],
  params: z.object({}),
  async run({ http, expect, model }) {
    for (const [subject, json] of bodies)
      expect.status(subject, await http({ path: predictPath(model), json }), refusal);
  },
});
