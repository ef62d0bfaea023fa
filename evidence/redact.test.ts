import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactArguments, redactHeader, redactor, redactUrl, secretsOf } from './redact.ts';

test.each([
  ['http://127.0.0.1:5001/score', 'http://127.0.0.1:5001/score'],
  ['https://me:s3cret@ml.example.com/', 'https://redacted@ml.example.com/'],
  [
    'https://ml.example.com/x?sig=s3cret&api-version=2',
    'https://ml.example.com/x?sig=redacted&api-version=2',
  ],
  ['https://ml.example.com/metrics;key=s3cret', 'https://ml.example.com/metrics;redacted'],
  ['https://ml.example.com/a;v=1/b;key=s3cret/c', 'https://ml.example.com/a;redacted/b;redacted/c'],
  ['https://ml.example.com/metrics?format=a', 'https://ml.example.com/metrics?format=a'],
  ['not a url', 'not a url'],
])('the URL %s', (url, expected) => {
  expect(redactUrl(url)).toBe(expected);
});

/** User, password and parameters, short, odd and in every spelling: none of them is in what is written. */
test.each([
  ['http://q7:x9@h.example/metrics', ['q7', 'x9']],
  ['http://q7:100%@h.example/', ['q7', '100%']],
  ['http://q%37z:%78k9@h.example/', ['q%37z', 'q7z', '%78k9', 'xk9']],
  ['http://q7@h.example/', ['q7']],
  ['http://:x9@h.example/', ['x9']],
  ['http://h.example/?token=x9', ['x9']],
  ['http://h.example/?v=1&key=%E0%A4%A', ['%E0%A4%A', '%25']],
  ['http://h.example/#access_token=x9k', ['x9k']],
  ['HTTP://q7:x9@H.EXAMPLE/', ['q7', 'x9']],
  ['htp://h.example/?token=x9', ['x9']],
  ['q7:x9@h.example/metrics', ['q7', 'x9']],
  ['http://q7:x9@h.example:notaport/', ['q7', 'x9']],
  // Parameters of the path (RFC 3986, 3.3).
  ['http://h.example/metrics;x9', ['x9']],
  ['http://h.example/metrics;key=x9', ['x9']],
  ['http://h.example/metrics;key=x9;q7=1', ['x9', 'q7']],
  ['http://h.example/;key=x9/metrics', ['x9']],
  ['http://h.example/metrics;key=x9?token=k4z', ['x9', 'k4z']],
  ['htp://h.example/metrics;key=x9', ['x9']],
  ['http://h.example/metrics;key=x9#q7', ['x9', 'q7']],
  ['http://q7:x9@h.example/metrics;key=k4z', ['q7', 'x9', 'k4z']],
  ['http://h.example/metrics;key=%787;t=x%39', ['%787', 'x7', 'x%39', 'x9']],
])('of %s nothing secret is written', (url, secrets) => {
  for (const secret of secrets) {
    expect(redactUrl(url)).not.toContain(secret);
    expect(redactArguments(['--metrics', url]).join(' ')).not.toContain(secret);
    expect(redactArguments([`--metrics=${url}`]).join(' ')).not.toContain(secret);
  }
});

test.each([
  ['Authorization: Bearer s3cret', 'Authorization: [redacted]'],
  ['X-Key:s3cret', 'X-Key: [redacted]'],
  ['env:API_KEY', 'env:API_KEY'],
  ['s3cret', '[redacted]'],
])('the header %s', (header, expected) => {
  expect(redactHeader(header)).toBe(expected);
});

test('a command line', () => {
  const argv = [
    '--target=https://u:s3cret@x.example/',
    '--header',
    'A: s3cret',
    '-H',
    'B: s3cret',
    '--header=C: s3cret',
    '--rate',
    '5',
    'https://x.example/?t=s3cret',
  ];
  const clean = redactArguments(argv);
  expect(clean.join(' ')).not.toContain('s3cret');
  expect(clean).toEqual([
    ...['--target=https://redacted@x.example/', '--header', 'A: [redacted]', '-H', 'B: [redacted]'],
    ...['--header=C: [redacted]', '--rate', '5', 'https://x.example/?t=redacted'],
  ]);
});

test('a known secret is taken out of any text, in every form it may take', () => {
  const clean = redactor(['Bearer to"k/en=1']);
  const forms = [
    'Bearer to"k/en=1',
    'to"k/en=1',
    JSON.stringify('to"k/en=1'),
    encodeURIComponent('to"k/en=1'),
    Buffer.from('to"k/en=1').toString('base64'),
  ];
  expect(clean(forms.join('\n'))).toBe(
    ['[redacted]', '[redacted]', '"[redacted]"', '[redacted]', '[redacted]'].join('\n'),
  );
  expect(clean('Bearer of good news')).toBe('Bearer of good news');
});

/** What a server or the network repeats of the URL that it was asked for. */
test.each([
  ['http://h.example/metrics?token=hunter2', 'GET /metrics?token=hunter2'],
  ['http://h.example/metrics;key=hunter2', 'dial /metrics;key=hunter2: refused'],
  ['http://h.example/metrics;hunter2', 'no such page: hunter2'],
  ['http://h.example/a;key=hunter2/b;v=1?v=2', 'wrong key "hunter2"'],
  ['http://h.example/metrics;key=hunter%32', 'wrong key "hunter2"'],
  ['http://h.example/metrics;key=hunter2=;b=1', 'wrong key "hunter2="'],
  ['http://h.example/metrics;key=hun', 'wrong key "hun"'],
])('of %s the secret is taken out of %s', (url, text) => {
  const clean = redactor(secretsOf({}, { url }), { foreign: true });
  expect(clean(text)).not.toContain('hun');
});

test('no secret survives, and text without one is left alone', () => {
  const secret = fc
    .string({ minLength: 8 })
    .filter((text) => !/\s/.test(text) && !'[redacted]'.includes(text));
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
      expect(redactor([hidden])(before + hidden + after)).not.toContain(hidden);
      expect(redactor([])(before)).toBe(before);
    }),
  );
});
