import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testCertificate } from '../../traffic/certificate.testing.ts';
import { errorExitCode } from '../cli/command.ts';
import { readOptions } from './options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tailgate-options-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  delete process.env['OPTIONS_TEST_HEADER'];
});

const external = ['--url', 'http://127.0.0.1:1', '--api', 'score'];

describe('wrong usage', () => {
  test.for([
    [['--profile', 'mlops-ask'], /mlops-ask.*mlops-aks/s],
    [['--bogus'], /--bogus/],
    [['--budget', '60'], /--budget.*60s/s],
    [['--budget', '-3s'], /--budget/],
    [['--rate', 'fast'], /--rate.*fast/s],
    [['--seed', '1.5'], /--seed.*1\.5/s],
    [['--runtime', 'podman'], /--runtime.*podman/s],
    [['--targets', 'AK-SLO-9'], /--targets.*AK-SLO-9/s],
    [['--only', 'AK-SLO-9'], /--targets.*AK-SLO-9/s],
    [['--targets', 'AK-SLO-1,NOPE'], /spaces, not commas: AK-SLO-1 NOPE\./],
    [['--targets', 'AK-SLO-1,', 'AK-SLO-2'], /spaces, not commas: AK-SLO-1\./],
    [['--targets', 'http://127.0.0.1:9'], /--url http:\/\/127\.0\.0\.1:9/],
    [
      ['--targets', 'AK-SLO-1', 'https://example.test', '--api', 'score'],
      /--url https:\/\/example\.test/,
    ],
    [['--only', 'http://127.0.0.1:9'], /--url http:\/\/127\.0\.0\.1:9/],
    [['--url', 'AK-SLO-1'], /--targets AK-SLO-1/],
    [['--url=CHURN-LATENCY', '--api', 'score'], /--targets CHURN-LATENCY/],
    [['--fault', 'latency=soon'], /latency/],
    [['--fault', 'errors=2%', '--fault', 'errors=2% on replica-9'], /replica-9.*replica-1/],
    [['--fault', 'errors=2%', 'at', '30s'], /quotes: --fault 'errors=2% at 30s'/],
    [['--url', 'ftp://example.test'], /--url/],
    [['--url', 'http://example.test/?key=1', '--api', 'score'], /--url.*query/s],
    [['--url', 'http://example.test/v1;key=1', '--api', 'score'], /--url.*";".*--header/s],
    [[...external, '--prometheus', 'http://a.test/;key=1'], /--prometheus.*without.*";"/],
    [['--url', 'http://127.0.0.1:1'], /needs --api/],
    [['--model', 'm'], /--model belongs to --url/],
    [[...external, '--model', ' '], /--model.*empty/s],
    [[...external, '--fault', 'errors=2%'], /--fault belongs to the reference stack/],
    [
      [...external, '--payloads', '/nonexistent/bodies.json'],
      /--payloads \/nonexistent\/bodies\.json cannot be read/,
    ],
    [[...external, '--ca', '/nonexistent/ca.pem'], /--ca \/nonexistent\/ca\.pem cannot be read/],
    [[...external, '--metrics', 'http://a.test', '--prometheus', 'http://b.test'], /not both/],
    [
      [...external, '--cert', '/nonexistent/cert.pem'],
      /--client-cert FILE and --client-key FILE belong together/,
    ],
    [[...external, '--header', 'X-A: a\u0001b'], /--header \(1 of 1\): it is no header line/],
    [[...external, '--header', 'X-A: a\u007fb'], /--header \(1 of 1\): it is no header line/],
    [
      [...external, '--header', 'Idempotency-Key: k'],
      /Idempotency-Key cannot be given.*sent again/,
    ],
    [
      [...external, '--header', 'x-idempotency-key: k'],
      /x-idempotency-key cannot be given.*sent again/,
    ],
    [[...external, '--ca', import.meta.filename], /holds no certificate in PEM/],
    [
      [...external, '--header', 'Content-Type: a/b', '--header', 'content-type: a/c'],
      /content-type is given twice/,
    ],
    [
      [...external, '--header', 'x-request-id: 7'],
      /x-request-id cannot be given.*tells the requests/,
    ],
    [[...external, '--header', 'Content-Length: 7'], /Content-Length cannot be given/],
    [[...external, '--requests-per-connection', '0'], /--requests-per-connection.*at least 1/s],
    [['--first-answer', '5s'], /--first-answer belongs to --url/],
    [['--min-time', '2m', '--budget', '60s'], /--min-time.*--budget/s],
    ...(
      [
        ['--rate', '5'],
        ['--budget', '1m'],
        ['--min-time', '1m'],
        ['--arrivals', 'poisson'],
        [...external, '--metrics', 'http://a.test'],
        [...external, '--prometheus', 'http://a.test'],
      ] as const
    ).map(
      (argv) =>
        [
          [...argv, '--suite', 'conformance'],
          RegExp(`${argv.at(-2)} belongs to load, and no load is asked for: --suite conformance`),
        ] as const,
    ),
    [['unexpected'], /unexpected|argument/],
    [['500'], /`--` before the options/],
  ] as const)('%s is refused and says why', async ([argv, message]) => {
    const refusal: unknown = await readOptions(argv).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
    expect(errorExitCode(refusal)).toBe(64);
  });

  test('a header that is no header line is refused without repeating it: it may be a secret', async () => {
    process.env['OPTIONS_TEST_HEADER'] = 'hunter2';
    const refusal: unknown = await readOptions([
      ...external,
      '--header',
      'env:OPTIONS_TEST_HEADER',
    ]).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'USAGE',
      message: expect.not.stringContaining('hunter2'),
    });
  });

  test('a header line without quotes is refused without its words', async () => {
    const refusal: unknown = await readOptions([
      ...external,
      '--header',
      'Authorization:',
      's3cr3tPW',
    ]).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/quotes: --header 'Name: value'/),
    });
    expect(refusal).toMatchObject({ message: expect.not.stringContaining('s3cr3tPW') });
  });

  /** What a shell makes of `env:$TOKEN`, and what is nearly right. */
  test.for([
    'env:sk-hunter2',
    'env:hunter2',
    'env:_hunter2',
    'env:Bearer hunter2',
    'env:Authorization: Bearer hunter2',
    'env:$hunter2',
    'env:{hunter2}',
    'env:hunter2\nX-A: b',
    'env:hunter2=',
    'ENV:hunter2',
    'env:',
    'Authorization: env:hunter2',
    'Authorization:env:sk-hunter2',
    'X-Api-Key:\tenv:',
    'X-Api-Key: ENV:$hunter2',
  ])('what env: should name is not repeated: %j', async (line) => {
    const refusal: unknown = await readOptions([
      ...external,
      '--header',
      'X-A: b',
      '--header',
      line,
    ]).catch((error: unknown) => error);
    const says = /^--header \(2 of 2\): .*--header 'env:NAME'.*without "\$".*the whole line/s;
    expect(refusal).toMatchObject({ code: 'USAGE', message: expect.stringMatching(says) });
    expect(refusal).toMatchObject({ message: expect.not.stringContaining('hunter2') });
  });

  test.for(['ftp://q7Z:x9K@h.test/', 'http://q7Z:x9K@h.test:port/', 'q7Z:x9K@h.test'])(
    'a URL that is none is refused without its user and password: %s',
    async (url) => {
      const refusal: unknown = await readOptions([...external, '--metrics', url]).catch(
        (error: unknown) => error,
      );
      expect(refusal).toMatchObject({
        code: 'USAGE',
        message: expect.not.stringMatching(/q7Z|x9K/),
      });
    },
  );

  test('a certificate and a key that do not fit each other, or cannot be read, are refused', async () => {
    using one = await testCertificate();
    using other = await testCertificate();
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const sealed = createPrivateKey(one.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    for (const [key, message] of [
      [write('other.pem', other.key), /is not the key of the certificate/],
      [write('none.pem', 'hello'), /holds no private key in PEM/],
      [write('sealed.pem', String(sealed)), /is encrypted/],
    ] as const) {
      const given = [...external, '--cert', one.caFile, '--key', key];
      await expect(readOptions(given)).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringMatching(message),
      });
    }
    const { client } = await readOptions([
      ...external,
      '--cert',
      one.caFile,
      '--key',
      write('own.pem', one.key),
    ]);
    expect(client.certificate).toEqual({ cert: one.cert, key: one.key });
  });

  test('payloads that are not JSON are refused', async () => {
    const file = join(folder, 'bodies.json');
    writeFileSync(file, '{"data": [[1]]}\n{"data": oops}\n');
    await expect(readOptions([...external, '--payloads', file])).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('what is given is applied', () => {
  test('without options: the reference stack, profile mlops-aks', async () => {
    const options = await readOptions([]);
    expect(options.profiles.map(({ id }) => id)).toEqual(['mlops-aks']);
    expect(options).toMatchObject({
      targets: null,
      load: { seed: 1, budgetMs: 600_000, rampMs: 60_000, minTimeMs: 60_000, warmupMs: 5_000 },
      service: { kind: 'reference-stack', runtime: 'auto' },
    });
  });

  test.for([
    [['--budget', '45s'], { budgetMs: 45_000, rampMs: 45_000, minTimeMs: 60_000 }],
    [['--min-time', '2m'], { budgetMs: 600_000, rampMs: 120_000, minTimeMs: 120_000 }],
    [['--min-time', '15m'], { budgetMs: 900_000, minTimeMs: 900_000 }],
    [['--min-time', '20s', '--budget', '20s'], { budgetMs: 20_000, minTimeMs: 20_000 }],
  ] as const)('%s: only a given minimum time binds a budget', async ([argv, expected]) => {
    expect((await readOptions(argv)).load).toMatchObject(expected);
  });

  test.for([
    [['--targets', 'AK-SLO-1'], ['AK-SLO-1']],
    [
      ['--targets', 'AK-SLO-1', 'AK-SLO-3'],
      ['AK-SLO-1', 'AK-SLO-3'],
    ],
    [
      ['--targets', 'AK-SLO-1', '--targets=AK-SLO-3'],
      ['AK-SLO-1', 'AK-SLO-3'],
    ],
    [
      ['--only', 'AK-SLO-1', 'AK-SLO-3'],
      ['AK-SLO-1', 'AK-SLO-3'],
    ],
    [
      ['--only', 'AK-SLO-1', '--targets', 'AK-SLO-3'],
      ['AK-SLO-3', 'AK-SLO-1'],
    ],
  ] as const)('%s: these targets', async ([argv, targets]) => {
    expect(await readOptions(argv)).toMatchObject({ targets });
  });

  test('all profiles', async () => {
    const { profiles } = await readOptions(['--profile', 'all']);
    expect(profiles).toHaveLength(5);
  });

  test('rate, arrivals, API and model reach every open scenario', async () => {
    const { profiles } = await readOptions([
      ...external,
      '--rate',
      '42',
      '--arrivals',
      'poisson',
      '--model',
      'ours',
      '--api',
      'kserve-v1',
    ]);
    for (const scenario of Object.values(profiles[0]?.scenarios ?? {})) {
      expect(scenario).toMatchObject({
        api: 'kserve-v1',
        model: 'ours',
        arrivals: { shape: 'poisson', perSecond: 42 },
      });
    }
  });

  test('faults, in the order in which they were given', async () => {
    const { service } = await readOptions([
      '--fault',
      'errors=40% on replica-2 at 35s for 10s',
      '--fault',
      'latency=300ms',
    ]);
    expect(service).toMatchObject({
      faults: [
        { part: 'replica-2', window: { atMs: 35_000, forMs: 10_000, everyMs: null } },
        { text: 'latency=300ms', part: null, window: null },
      ],
    });
    expect((await readOptions([])).service).toMatchObject({ faults: [] });
  });

  test('user and password of a metrics URL become a header, whatever their spelling', async () => {
    for (const [user, expected] of [
      ['u:p@', 'u:p'],
      ['u:100%@', 'u:100%'],
      ['u%40x:p%3Aq@', 'u@x:p:q'],
      ['u@', 'u:'],
    ]) {
      const { service } = await readOptions([
        ...external,
        '--metrics',
        `http://${user}h.test/m?a=1`,
      ]);
      const authorization = `Basic ${Buffer.from(expected ?? '').toString('base64')}`;
      expect(service).toMatchObject({
        metrics: { kind: 'metrics', url: 'http://h.test/m?a=1', headers: { authorization } },
      });
    }
  });

  test('headers from the line and from the environment', async () => {
    process.env['OPTIONS_TEST_HEADER'] = 'Authorization: Bearer abc';
    const { client } = await readOptions([
      ...external,
      '--header',
      'X-Team: blue',
      '--header',
      'env:OPTIONS_TEST_HEADER',
    ]);
    expect(client).toMatchObject({ headers: { 'X-Team': 'blue', Authorization: 'Bearer abc' } });
  });

  test('what only looks like a variable is a header', async () => {
    process.env['OPTIONS_TEST_HEADER'] = 'X-Stage: env:prod';
    const { client } = await readOptions([
      ...external,
      '--header',
      'env: prod',
      '--header',
      'env:OPTIONS_TEST_HEADER',
    ]);
    expect(client).toMatchObject({ headers: { env: 'prod', 'X-Stage': 'env:prod' } });
  });

  test.for([
    ['an array', '[{"data": [[1]]}, {"data": [[2]]}]'],
    ['one per line', '{"data": [[1]]}\n{"data":   [[2]]}\n'],
  ] as const)('payloads as %s', async ([, text]) => {
    const file = join(folder, 'bodies.json');
    writeFileSync(file, text);
    const { service } = await readOptions([...external, '--payloads', file]);
    expect(service.kind === 'external' && service.bodies?.map((body) => JSON.parse(body))).toEqual([
      { data: [[1]] },
      { data: [[2]] },
    ]);
  });
});
