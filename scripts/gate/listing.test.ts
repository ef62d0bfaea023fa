import { describe, expect, test } from 'vitest';
import { list, plan } from './listing.ts';
import { readOptions } from './options.ts';
import { describeRun } from './run-record.ts';

const planned = async (...argv: string[]) => {
  const options = await readOptions(argv);
  return plan(options, describeRun(options, argv));
};
const words = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('--list', () => {
  test('names each target with what decides it, and each check with its parameters', async () => {
    const text = words(list(await readOptions(['--list'])));
    for (const part of [
      'max-elements limit an array of as many elements as allowed is taken',
      'AK-SLO-1 slo load p95 < 200 ms (scenario unique)',
      'conformance max-elements (limit: 100000)',
      'AK-MET-1 met load counts-agree conformance start-time',
      'AK-ALERT-1 alert – not run: To be decided by the observability suite',
    ])
      expect(text).toContain(part);
  });

  test('of the targets that were named alone', async () => {
    const text = list(await readOptions(['--list', '--targets', 'AK-API-10']));
    expect(text.match(/^AK-\S+/gm)).toEqual(['AK-API-10']);
  });
});

describe('--dry-run', () => {
  test('says what would run, where and for how long', async () => {
    const text = words(await planned('--dry-run'));
    for (const part of [
      'Profile mlops-aks on the reference stack, runtime auto',
      'load scenario unique, 300 requests/s 5 s of warm-up, then 60 s to 10 min',
      'conformance cache-evicts-lru at most 60 s',
      'Load for 2.2 min at least, 20.2 min at most; checks take seconds each. Nothing was started.',
    ])
      expect(text).toContain(part);
  });

  test('of one suite, without load', async () => {
    const text = await planned('--dry-run', '--suite', 'conformance', '--targets', 'AK-API-4');
    expect(words(text)).toContain(
      'environment-in-answer at most 60 s No load. Nothing was started.',
    );
    expect(text).not.toContain('scenario');
  });

  test('a service of one’s own is named', async () => {
    const own = ['--url', 'http://127.0.0.1:9', '--api', 'score'];
    expect(await planned('--dry-run', ...own)).toContain('Profile mlops-aks on http://127.0.0.1:9');
  });

  test('what a run would skip is no part of what runs, and says why', async () => {
    const own = ['--url', 'http://127.0.0.1:9', '--api', 'score', '--suite', 'conformance'];
    const text = words(await planned('--dry-run', ...own, '--profile', 'kserve-mlops'));
    for (const part of [
      'health-answer at most 60 s',
      'v1-predict not run: the service speaks score, not kserve-v1',
      'start-time not run: it needs to see inside the service',
    ])
      expect(text).toContain(part);
    expect(text.lastIndexOf('at most')).toBeLessThan(text.indexOf('not run'));
  });

  test.for<[string[], string]>([
    [
      ['--suite', 'load', '--targets', 'AK-API-6'],
      'AK-API-6 empty-body: suite conformance is not asked for',
    ],
    [['--suite', 'conformance', '--targets', 'AK-SLO-1'], 'AK-SLO-1 suite load is not asked for'],
    [['--suite', 'all', '--targets', 'AK-API-5'], 'AK-API-5 '],
    [
      ['--targets', 'AK-API-4', '--url', 'http://127.0.0.1:9', '--api', 'score'],
      'environment-in-answer: it needs to see inside the service',
    ],
    [
      ['--suite', 'load', '--targets', 'AK-MET-1'],
      'counts-agree: it follows from other load, and there is none',
    ],
  ])('%j would decide nothing, and is told why', async ([argv, why]) => {
    const text = words(await planned('--dry-run', ...argv));
    expect(text).toContain('Nothing would be decided: target because');
    expect(text).toContain(why);
    expect(text).not.toContain('how long');
  });

  test('of two profiles, the one that has none of the targets says so', async () => {
    const both = ['--profile', 'mlops-aks', 'kserve-mlops', '--targets', 'AK-SLO-1'];
    expect(words(await planned('--dry-run', ...both))).toContain(
      'Profile kserve-mlops on the reference stack, runtime auto Nothing would be decided: none of its targets is asked for.',
    );
  });

  test('both at once are wrong usage', async () => {
    await expect(readOptions(['--list', '--dry-run'])).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.for([
    [['--suite', 'conformence'], /no suite "conformence"\. Did you mean "conformance"\?/],
    [['--suite', 'load', 'AK-SLO-1'], /no suite "AK-SLO-1"/],
  ] as const)('%j is wrong usage', async ([argv, message]) => {
    await expect(readOptions(argv)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
  });
});
