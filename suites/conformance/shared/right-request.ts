import { formats } from '../../../traffic/apis/index.ts';
import type { CheckContext } from '../../runner/check.ts';
import { success } from '../../runner/matchers.ts';

/** A service that refuses everything refuses what is wrong too: a check that expects refusals alone asks first for something that is right. */
export async function expectRightRequest({
  http,
  expect,
  api,
  model,
}: CheckContext): Promise<void> {
  const { path, bodyOf } = formats[api];
  const answer = await http({
    path: path(model),
    body: bodyOf([1, 2]),
    headers: { 'content-type': 'application/json' },
  });
  expect.status('a right request', answer, success);
}
