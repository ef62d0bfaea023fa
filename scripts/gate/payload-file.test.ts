import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readOptions } from './options.ts';

const folder = mkdtempSync(join(tmpdir(), 'tailgate-payloads-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
/** The bodies that the gate would send from a file of this content. */
async function bodiesOf(content: string | Uint8Array): Promise<string[] | undefined> {
  const file = join(folder, `${++files}.json`);
  writeFileSync(file, content);
  const { service } = await readOptions([
    '--url',
    'http://127.0.0.1:1',
    '--api',
    'score',
    '--payloads',
    file,
  ]);
  return service.kind === 'external' ? service.bodies : undefined;
}

async function refusalOf(content: string | Uint8Array): Promise<string> {
  const refusal: unknown = await bodiesOf(content).catch((error: unknown) => error);
  if (!(refusal instanceof Error)) throw new Error(`it was read as ${JSON.stringify(refusal)}`);
  expect(refusal).toMatchObject({ code: 'USAGE' });
  return refusal.message.replaceAll(join(folder, `${files}.json`), 'FILE');
}

const bom = '\ufeff';
const deep = `${'['.repeat(9000)}1.0${']'.repeat(9000)}`;

describe('bodies are what stands in the file', () => {
  test.for<[string, string, string[]]>([
    [
      'numbers beyond a double',
      '[{"data":[[1.0,12345678901234567890]]}]',
      ['{"data":[[1.0,12345678901234567890]]}'],
    ],
    ['numbers written oddly', '[[1e400, -0, 1E+2, 0.10]]', ['[1e400, -0, 1E+2, 0.10]']],
    ['a name twice', '[{"a":1,"a":2}]', ['{"a":1,"a":2}']],
    [
      'names in an order',
      '[{"2":0,"1":0,"__proto__":{"x":1}}]',
      ['{"2":0,"1":0,"__proto__":{"x":1}}'],
    ],
    [
      'escapes',
      String.raw`["\u00e9\/\ud83d\ude00\ud800", {"\u0061":1}]`,
      [String.raw`"\u00e9\/\ud83d\ude00\ud800"`, '{"\\u0061":1}'],
    ],
    ['letters beyond ASCII', '["é e\u0301 😀 \u2028"]', ['"é e\u0301 😀 \u2028"']],
    ['white space inside', '[ {"a" :\n\t[ 1 ]}\n, 2 ]', ['{"a" :\n\t[ 1 ]}', '2']],
    ['Windows line ends inside', '[\r\n{"a":\r\n1}\r\n]\r\n', ['{"a":\r\n1}']],
    ['brackets in texts', '["a],[", {"}]":"\\"]"}]', ['"a],["', '{"}]":"\\"]"}']],
    ['an array of arrays', '[[1,2],[3,4]]', ['[1,2]', '[3,4]']],
    ['an array that is nested deep', `[${deep}]`, [deep]],
    ['a line for each array', '[1,2]\n[3,4]', ['[1,2]', '[3,4]']],
    [
      'lines with white space',
      '  {"a" : 1.0}\t\n \t\n\n{"b":2e0}  ',
      ['  {"a" : 1.0}\t', '{"b":2e0}  '],
    ],
    ['lines with Windows line ends', '{"a":1.0}\r\n\r\n{"b":2}\r\n', ['{"a":1.0}', '{"b":2}']],
    ['lines with old line ends', '{"a":1.0}\r\r{"b":2}\r', ['{"a":1.0}', '{"b":2}']],
    [
      'lines with old line ends, the last without one',
      '{"a":1.0}\r{"b":2}',
      ['{"a":1.0}', '{"b":2}'],
    ],
    [
      'lines with line ends of each kind',
      '1\r2\n3\r\n4\n\r5\r\r\n6',
      ['1', '2', '3', '4', '5', '6'],
    ],
    [
      'lines with old line ends after a byte order mark',
      `${bom}{"a":1.0}\r \t\r{"b":2}`,
      ['{"a":1.0}', '{"b":2}'],
    ],
    ['one body over several old lines', '\r{\r"data":\r1.0 }\r', ['{\r"data":\r1.0 }']],
    ['an array over old lines', '[\r{"a":\r1},\r2]\r', ['{"a":\r1}', '2']],
    ['lines of anything', '1.0\n"a"\nnull\n', ['1.0', '"a"', 'null']],
    ['an array after a byte order mark', `${bom}[1.0]`, ['1.0']],
    ['lines after a byte order mark', `${bom}{"a":1.0}\r\n{"b":2}\r\n`, ['{"a":1.0}', '{"b":2}']],
    ['one line', ' {"a": 1.0}\n', [' {"a": 1.0}']],
    [
      'one body over several lines',
      '{\n  "data": [\n    [1.0]\n  ]\n}\n',
      ['{\n  "data": [\n    [1.0]\n  ]\n}'],
    ],
    [
      'one body over several Windows lines',
      `${bom}\r\n{\r\n"data": 1.0 }\r\n\r\n`,
      ['{\r\n"data": 1.0 }'],
    ],
  ])('%s', async ([, content, bodies]) => {
    expect(await bodiesOf(content)).toEqual(bodies);
  });

  /** JSON texts as nobody would write them: any white space between, numbers that no double is. */
  const texts = (space: fc.Arbitrary<string>) => {
    const leaf = fc.oneof(
      fc.constantFrom('1.0', '-0', '1e400', '12345678901234567890', '"\\u00e9\\/"', 'null', 'true'),
      fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
    );
    const { value } = fc.letrec<{ value: string; spaced: string; member: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc
          .oneof(space, fc.array(tie('spaced'), { minLength: 1 }))
          .map((items) => `[${String(items)}]`),
        fc
          .oneof(space, fc.array(tie('member'), { minLength: 1 }))
          .map((items) => `{${String(items)}}`),
      ),
      spaced: fc.tuple(space, tie('value'), space).map((parts) => parts.join('')),
      member: fc
        .tuple(space, fc.constantFrom('"a"', '"\\u0061"', '""'), space, tie('spaced'))
        .map(([a, name, b, item]) => `${a}${name}${b}:${item}`),
    }));
    return value;
  };
  const spaceOf = (...characters: string[]) =>
    fc.array(fc.constantFrom(...characters), { maxLength: 3 }).map((all) => all.join(''));
  const anySpace = spaceOf(' ', '\t', '\n', '\r\n', '\r');
  const inLine = spaceOf(' ', '\t');
  const mark = fc.constantFrom('', bom);

  test('whatever stands in an array, however it is spaced', async () => {
    const spaced = fc.tuple(anySpace, texts(anySpace), anySpace);
    await fc.assert(
      fc.asyncProperty(
        mark,
        anySpace,
        fc.array(spaced, { minLength: 1, maxLength: 5 }),
        async (start, around, items) => {
          const content = `${start}${around}[${items.map((parts) => parts.join('')).join(',')}]${around}`;
          expect(await bodiesOf(content)).toEqual(items.map(([, text]) => text));
        },
      ),
    );
  });

  test('whatever stands in lines, however they are spaced and ended', async () => {
    const line = fc.tuple(inLine, texts(inLine), inLine).map((parts) => parts.join(''));
    const ended = fc.tuple(
      line,
      fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\r', '\n\r', '\r\n \t\r\n'),
    );
    await fc.assert(
      fc.asyncProperty(
        mark,
        fc.array(ended, { minLength: 2, maxLength: 5 }),
        async (start, lines) => {
          expect(await bodiesOf(start + lines.flat().join(''))).toEqual(
            lines.map(([text]) => text),
          );
        },
      ),
    );
  });
});

describe('what holds no bodies is refused, each problem at its own place', () => {
  const forms = /a JSON array of bodies, one body over several lines, or one body per line/;

  test.for<[string, string, string[]]>([
    ['a line among others', '{"a":1}\n\n{"a": oops}\n', ['3:7']],
    [
      'two lines, blank ones counted',
      `${bom}{"a":1}\r\n\r\n{"a": oops}\r\n \r\n{"b" 2}\r\n`,
      ['3:7', '5:6'],
    ],
    [
      'two old lines, blank ones counted',
      `${bom}{"a":1}\r\r{"a": oops}\r \r{"b" 2}\r`,
      ['3:7', '5:6'],
    ],
    [
      'lines with line ends of each kind',
      '{"a":1}\r{"a": oops}\n\r\n{"b" 2}\r\r\n{"a": oops}',
      ['2:7', '4:6', '6:7'],
    ],
    [
      'a body over several old lines',
      '{\r  "data": [\r    [1],\r    [2]\r    [3]\r  ]\r}\r',
      ['5:5'],
    ],
    ['an array over old lines', '[\r{"a":1},\r\r{"a":2}\r{"a":3}\r]\r', ['5:1']],
    ['an old line that does not end', '{"a":1}\r{"a":[1\r{"a":1}', ['2:8']],
    ['the first line', '{"a": oops}\n{"a":1}\n', ['1:7']],
    ['a line that does not end', '{"a":1}\n{"a":[1\n{"a":1}', ['2:8']],
    ['a line with two bodies', '{"a":1}\n{"a":1} {"a":2}\n', ['2:9']],
    ['every line', '{"a": oops}\n{a: 1}\n', ['1:7', '2:2']],
    ['an array without a comma', '[\n{"a":1},\n\n{"a":2}\n{"a":3}\n]\n', ['5:1']],
    ['an array with a comma too many', '[\n  1,\n  2,\n]\n', ['4:1']],
    ['an array that does not end', '\n[\n{"a":1},\n{"a":2}\n\n', ['4:8']],
    ['an array with a value that is none', '[{"a":1},\n {"a": NaN}]', ['2:8']],
    ['something after an array', '[1,\n2]\nmore\n', ['3:1']],
    ['a comment', '// bodies\n[1]\n', ['1:1']],
    [
      'a body over several lines',
      `${bom}{\n  "data": [\n    [1],\n    [2]\n    [3]\n  ]\n}\n`,
      ['5:5'],
    ],
    ['a body over several lines that does not end', '{\n  "data": [\n    [1]\n', ['3:8']],
    ['two bodies over several lines', '{\n "a": 1\n}\n{\n "a": 2\n}\n', ['4:1']],
    ['a text', 'hello\nworld\n', ['1:1']],
    ['a space that JSON does not know', '{"a":1}\n\u00a0\n{"a":2}\n', ['2:1']],
  ])('%s', async ([, content, places]) => {
    const message = await refusalOf(content);
    expect(
      [...message.matchAll(/^ {2}FILE:(\d+:\d+) \S/gm)].map(([, place]) => place),
      message,
    ).toEqual(places);
    expect(message).toMatch(forms);
  });

  test.for([
    ['nothing', ''],
    ['a byte order mark alone', bom],
    ['blank lines', '\r\n \t\n'],
    ['an empty array', ' [\n ]\n'],
  ] as const)('%s holds no body', async ([, content]) => {
    expect(await refusalOf(content)).toMatch(/^--payloads FILE holds no body\./);
    expect(await refusalOf(content)).toMatch(forms);
  });

  test('many problems are not all told', async () => {
    const message = await refusalOf(`${'{"a": oops}\n'.repeat(13)}`);
    expect(message).toContain('(13 problems)');
    expect(message).toContain('FILE:10:7 ');
    expect(message).not.toContain('FILE:11:7 ');
    expect(message).toContain('and 3 more');
  });

  test.for<[string, Uint8Array, RegExp]>([
    ['Latin-1', Buffer.from('{"a":1}\r\n{"aé":"é"}\r\n', 'latin1'), /FILE:2:4 .*0xE9.*UTF-8/],
    [
      'Latin-1 in old lines',
      Buffer.from('{"a":1}\r\r{"aé":"é"}\r', 'latin1'),
      /FILE:3:4 .*0xE9.*UTF-8/,
    ],
    [
      'Latin-1 in lines of each kind',
      Buffer.from('1\r\n2\r3\n\r"é"', 'latin1'),
      /FILE:5:2 .*0xE9.*UTF-8/,
    ],
    [
      'a letter cut short',
      Buffer.from([...Buffer.from('["\ufffdé'), 0xc3]),
      /FILE:1:5 .*0xC3.*UTF-8/,
    ],
    ['UTF-16', Buffer.from(`${bom}[1]`, 'utf16le'), /FILE is in UTF-16.*UTF-8/],
    ['UTF-16 without a mark', Buffer.from('[1]', 'utf16le'), /FILE is in UTF-16.*UTF-8/],
    [
      'UTF-16, big end first',
      Buffer.from(`${bom}[1]`, 'utf16le').swap16(),
      /FILE is in UTF-16.*UTF-8/,
    ],
  ])('%s is no UTF-8', async ([, content, message]) => {
    expect(await refusalOf(content)).toMatch(message);
  });
});
