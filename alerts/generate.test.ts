import { describe, expect, test } from 'vitest';
import { vllm } from '../dialects/vllm.ts';
import { mlopsAks } from '../profiles/mlops-aks.ts';
import type { Profile } from '../slo/profile.ts';
import { deployments } from './deployments.ts';
import { documentedAlerts } from './documented.ts';
import { generateAlerts } from './generate.ts';
import { numeral } from './promql.ts';
import { serviceRules } from './service-rules.ts';
import { valuesSchema } from './values.ts';

const values = valuesSchema.parse({});
const [deployment] = deployments;
if (deployment === undefined) throw new Error('something is deployed');
const { watched } = deployment;

const files = generateAlerts(mlopsAks, watched, values);
const rules = serviceRules(mlopsAks, watched, values);
const alerts = rules.groups.flatMap((group) => group.alerts);

test('the same input makes the same bytes', () => {
  expect([...generateAlerts(mlopsAks, watched, values)]).toEqual([...files]);
});

test('every alert has a runbook, and every runbook an alert that links to it', () => {
  const pages = [...files.keys()].filter((path) => path.startsWith('runbooks/'));
  const names = new Set(alerts.map(({ alert }) => alert));
  expect(pages.sort()).toEqual([...names].map((name) => `runbooks/${name}.md`).sort());
  const text = files.get('rules.yaml') ?? '';
  for (const name of names) expect(text).toContain(`runbook_url: ${values.runbookUrl}/${name}.md`);
});

test('every alert that the document has is there, under the id of its target', () => {
  const wanted = documentedAlerts[mlopsAks.id]?.map(({ target }) => target);
  expect(wanted).toEqual(['AK-ALERT-1', 'AK-ALERT-2', 'AK-ALERT-3']);
  expect(alerts.flatMap(({ labels }) => labels?.['target'] ?? [])).toEqual(wanted);
});

test('numbers carry no noise of floating point', () => {
  expect(numeral(14.4 * (1 - 0.999))).toBe('0.0144');
  expect(files.get('rules.yaml')).not.toMatch(/\d\.\d{8,}/);
});

test('a pair that can never fire is left out, and the page says so', () => {
  const pairs = rules.leftOutPairs.map(({ slo, window }) => [slo, window.burn]);
  expect(pairs).toEqual([
    ['AK-SLO-5/cache-misses', 14.4],
    ['AK-SLO-5/cache-misses', 6],
  ]);
  expect(files.get('README.md')).toContain('AK-SLO-5/cache-misses** has no ErrorBudgetBurn1h');
});

describe('what the metrics of a service do not show', () => {
  const [latency] = mlopsAks.targets;
  const only = (limitMs: number): Profile => ({
    ...mlopsAks,
    targets: [
      {
        ...{ id: 'T-1', kind: 'slo', statement: 's', section: '1' },
        objectives: [
          {
            ...{ indicator: 'latency', scenario: 'unique', quantile: 0.95, limitIs: 'below' },
            limitMs,
          },
          { indicator: 'wrong-answers', scenario: 'unique', maxShare: 0.01 },
          { indicator: 'cache-misses', scenario: 'repeated', maxShare: 0.2 },
        ],
      },
    ],
  });

  test('a limit that is no edge of the histogram is a mistake, with the edges there are', () => {
    expect(latency).toBeDefined();
    const { unwatched } = serviceRules(only(200), { server: vllm }, values);
    expect(unwatched).toEqual([
      {
        slo: 'T-1/latency-p95',
        why: expect.stringMatching(/^0\.2 s is no edge of vllm:e2e.*0\.3, 0\.5/),
        isMistake: true,
      },
    ]);
  });

  test('such a profile generates nothing', () => {
    expect(() => generateAlerts(only(200), { server: vllm }, values)).toThrow(
      /^mlops-aks: T-1\/latency-p95: 0\.2 s is no edge/,
    );
  });

  test('every stored form of a name stands in the expression, and both spellings of a whole edge', () => {
    const { groups } = serviceRules(only(1000), { server: vllm }, values);
    const [counts] = groups.flatMap(({ records }) =>
      records.filter(({ record }) => record.includes('bad')),
    );
    for (const words of [
      'vllm:e2e_request_latency_seconds_bucket{',
      'vllm_e2e_request_latency_seconds_bucket{',
      'vllm__e2e__request__latency__seconds__bucket{',
      'histogram_fraction(0, 1, ',
      'le=~"1|1\\\\.0"',
      'model__name="diabetes-classifier"',
    ])
      expect(counts?.expr).toContain(words);
  });

  test('a signal that a dialect lacks drops the alert that needs it', () => {
    const { withoutSignal } = serviceRules(only(1000), { server: vllm }, values);
    expect(withoutSignal.map(({ alert }) => alert)).toEqual([
      'GpuXidSevere',
      'GpuXidNoted',
      'GpuHot',
      'GpuMemoryFull',
      'BalancerWithoutServers',
    ]);
  });
});

test('labels that the rules set themselves cannot be given', () => {
  expect(valuesSchema.safeParse({ alertLabels: { severity: 'x' } }).error?.message).toContain(
    'the rules set severity themselves',
  );
});
