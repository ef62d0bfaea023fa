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

  const deep = '['.repeat(100_000) + ']'.repeat(100_000);

  test.each([
    ['an unknown field', `{"${key}":[[1]],"extra":1}`, /^Unknown field "extra"; known is "KEY"/],
    ['one before it', `{"extra":null,"${key}":[[1]]}`, /^Unknown field "extra"/],
    ['more of them', `{"a":1,"${key}":[[1]],"b":1}`, /^Unknown fields "a", "b"/],
    ['a very long one', `{"${'k'.repeat(5_000)}":1}`, /^Unknown field "k{100}…"/],
    ['nothing known', '{"rows":[[1]]}', /^Unknown field "rows"/],
    ['__proto__', `{"__proto__":{"${key}":[[1]]}}`, /^Unknown field "__proto__"/],
    ['__proto__ beside it', `{"${key}":[[1]],"__proto__":{}}`, /^Unknown field "__proto__"/],
    ['a lone surrogate', `{"${key}":[[1]],"\\ud800":1}`, /^Unknown field "\\ud800"/],
    ['the same key twice', `{"${key}":[[1]],"${key}":[[2]]}`, /^Field "KEY" is given twice/],
    ['twice and equal', `{"${key}":[[1]],"${key}":[[1]]}`, /^Field "KEY" is given twice/],
    ['the first no array', `{"${key}":{"a":"b"},"${key}":[[2]]}`, /^Field "KEY" is given twice/],
    ['once in escapes', `{"${key}":[[1]],"${escaped(key)}":[[2]]}`, /^Field "KEY" is given twice/],
    ['1e400', `{"${key}":[[1e400]]}`, /not a finite number/],
    ['a deep array', `{"${key}":${deep}}`, /more than 2 dimensions/],
    ['a deep array beside it', `{"${key}":[[1]],"deep":${deep}}`, /^Unknown field "deep"/],
    ['a deep array instead of it', deep, /must be a JSON object/],
    ['one of millions', `{"${key}":${'['.repeat(4e6)}${']'.repeat(4e6)}}`, /nested too deep/],
    ['a deep array that stays open', `{"${key}":${'['.repeat(100_000)}`, /not valid JSON/],
    [
      'deep objects',
      `{"${key}":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      /array, not object/,
    ],
  ])('%s is refused with its name', async (_what, body, words) => {
    const { status, error } = await post(body);
    expect(error).toMatch(new RegExp(words.source.replace('KEY', key)));
    expect(status).toBe(400);
  });

  test('its name in escapes and white space around it are as good', async () => {
    expect(await post(` { "${escaped(key)}" : [ [1] ] }\r\n`)).toHaveProperty('predictions');
  });
});

/** Each letter of a key as an escape. */
const escaped = (key: string) =>
  [...Buffer.from(key)].map((byte) => `\\u00${byte.toString(16)}`).join('');

test('KServe V1 documents instances, or inputs, and no both', async () => {
  const { server } = await start({ args: ['--system', 'kserve-mlops'] });
  const post = (payload: object) =>
    server.app.inject({ method: 'POST', url: '/v1/models/small:predict', payload });
  expect((await post({ instances: [1] })).statusCode).toBe(200);
  expect((await post({ inputs: [1] })).statusCode).toBe(200);
  const both = await post({ instances: [1], inputs: [1] });
  expect([both.statusCode, both.json()]).toEqual([
    400,
    { error: 'Only one of the fields "instances" and "inputs" can be given' },
  ]);
  expect((await post({ instances: [1], signature_name: 'x' })).json()).toEqual({
    error: 'Unknown field "signature_name"; known is "instances" or "inputs"',
  });
});
