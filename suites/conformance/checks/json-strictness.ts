import { z } from 'zod';
import { formats } from '../../../traffic/apis/index.ts';
import { check } from '../../runner/check.ts';
import { ofShape, refusal } from '../../runner/matchers.ts';
import { expectRightRequest } from '../shared/right-request.ts';

export const jsonStrictness = check({
  id: 'json-strictness',
  about:
    'invalid UTF-8 and a key that stands twice are refused, stricter than RFC 8259, which lets a parser take more; NaN does not come back as if it were JSON',
  needs: [],
  params: z.object({}),
  async run(context) {
    const { http, expect, api, model } = context;
    await expectRightRequest(context);
    const { path, bodyOf } = formats[api];
    const ask = (body: string | Uint8Array) =>
      http({ path: path(model), body, headers: { 'content-type': 'application/json' } });
    const body = bodyOf([1, 2]);
    // §8.1
    const invalid = Buffer.concat([
      Buffer.from(body.replace(/}$/, ',"note":"')),
      Buffer.of(0xff),
      Buffer.from('"}'),
    ]);
    expect.status('invalid UTF-8', await ask(invalid), refusal);
    // §4
    const twice = body.replace(/}$/, `,${bodyOf([-3, -4]).slice(1)}`);
    expect.status('a key that stands twice', await ask(twice), refusal);
    // §6. Some protocols allow the token in a request; an answer that repeats it is JSON for nobody.
    const nan = await ask(body.replace('2', 'NaN'));
    const seen = { status: nan.status, isJson: nan.failure === null && nan.json !== undefined };
    expect.value('NaN', seen, refusedOrJson, nan);
  },
});

const refusedOrJson = ofShape(
  z.union([
    z.object({ status: z.int().refine(refusal.holds) }),
    z.object({ status: z.literal(200), isJson: z.literal(true) }),
  ]),
  `${refusal.words}; or an answer that is JSON`,
);
