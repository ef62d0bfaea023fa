import { z } from 'zod';
import { formats } from '../../../traffic/apis/index.ts';
import { check } from '../../runner/check.ts';
import { is } from '../../runner/matchers.ts';

type Line = [name: string, value: string];

/** What RFC 9112 has a server answer with 400: somebody else on the way may have read it in another way. */
const cases: readonly [subject: string, lines: (host: Line, length: Line) => Line[]][] = [
  // §3.2
  ['two Hosts', (host, length) => [host, ['Host', 'tailgate.invalid'], length]],
  ['no Host', (_, length) => [length]],
  // §6.3. The body is good with either, so that neither is refused for what it says.
  ['two lengths', (host, [name, length]) => [host, [name, length], [name, `${+length - 1}`]]],
];

export const httpFraming = check({
  id: 'http-framing',
  about: 'a request with two Hosts, with none, or with two lengths of its body is 400',
  needs: ['direct'],
  params: z.object({}),
  async run({ raw, expect, api, model }) {
    const { path, bodyOf } = formats[api];
    const body = `${bodyOf([1, 2])} `;
    const length: Line = ['Content-Length', String(body.length)];
    for (const [subject, lines] of cases) {
      const answer = await raw({
        method: 'POST',
        path: path(model),
        headers: (host) => [...lines(['Host', host], length), ['Content-Type', 'application/json']],
        body,
      });
      expect.status(subject, answer, is(400));
    }
  },
});
