import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is } from '../../runner/matchers.ts';
import { instances, predictPath } from '../shared/kserve-v1.ts';

const plain = 'application/json';

/** RFC 9110 §8.3.1: the case of a type is no matter. RFC 8259 §11: a charset means nothing to JSON, and does no harm. */
const forms: readonly [subject: string, contentType: string][] = [
  ['with a charset', `${plain}; charset=utf-8`],
  ['in another case', 'Application/JSON'],
];

export const v1ContentType = check({
  id: 'v1-content-type',
  about: 'application/json with a charset, and in another case, is taken as application/json is',
  needs: ['kserve-v1'],
  params: z.object({ instances }),
  async run({ http, expect, model }, { instances: some }) {
    const ask = (contentType: string) =>
      http({
        path: predictPath(model),
        json: { instances: some },
        headers: { 'content-type': contentType },
      });
    const usual = await ask(plain);
    for (const [subject, contentType] of forms)
      expect.status(subject, await ask(contentType), is(usual.status));
  },
});
