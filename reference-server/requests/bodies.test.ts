import { describe, expect, test } from 'vitest';
import { start } from '../server.testing.ts';

const inferences = [
  { system: 'mlops-aks', url: '/score', key: 'data' },
  { system: 'kserve-mlops', url: '/v1/models/small:predict', key: 'instances' },
] as const;

describe.each(inferences)('$url', ({ system, url, key }) => {
  async function post(payload: string | Buffer) {
    const { server } = await start({ args: ['--system', system] });
    const headers = { 'content-type': 'application/json' };
    const response = await server.app.inject({ method: 'POST', url, headers, payload });
    return { status: response.statusCode, ...response.json() };
  }

  const bytes = (...inText: number[]) =>
    Buffer.concat([Buffer.from(`{"${key}":[[1]],"`), Buffer.from(inText), Buffer.from('":1}')]);

  test.each([
    ['a byte that begins nothing', bytes(0xff)],
    ['a character cut short', bytes(0xe2, 0x82)],
    ['an overlong form', bytes(0xc0, 0xaf)],
    ['a surrogate', bytes(0xed, 0xa0, 0x80)],
    ['nothing but it', Buffer.from([0xff])],
  ])('%s is no UTF-8 and refused', async (_what, body) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      error: 'Request body is not valid UTF-8',
    });
  });

  test('a byte order mark is refused by its name', async () => {
    expect(await post(`\ufeff{"${key}":[[1]]}`)).toMatchObject({
      status: 400,
      error: 'Request body begins with a byte order mark, which JSON must not',
    });
  });
});
