import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { longTest } from '../machine/test-form.testing.ts';
import { profiles } from '../profiles/index.ts';
import { burnAlertName } from './burn-rate.ts';
import { deployments } from './deployments.ts';
import { differences, distOf, type Given } from './promtool.testing.ts';
import { serviceRules } from './service-rules.ts';
import { valuesSchema } from './values.ts';
import { type BurnWindow, burnWindows } from './windows.ts';

/**
 * Every error budget alert of mlops-aks as it is committed, at full length, in steps of a minute. The short form leaves out the pairs
 * of six hours, a day and three days.
 */

const fileSchema = z.object({
  groups: z.array(
    z.looseObject({
      name: z.string(),
      rules: z.array(
        z.looseObject({
          record: z.string().optional(),
          labels: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
});
const file = fileSchema.parse(
  parse(readFileSync(join(distOf('mlops-aks', 'mlops-aks'), 'rules.yaml'), 'utf8')),
);
const order = ['mlops-aks-counts', 'mlops-aks-budget', 'mlops-aks-burn-rate'];

/** The rules that one objective's alerts hang on, as they are in the file. Those of 30 days are for dashboards. */
function rulesOf(slo: string): string {
  const groups = file.groups
    .filter(({ name }) => order.includes(name))
    .map((group) => ({
      ...group,
      rules: group.rules.filter(
        ({ record, labels }) =>
          (labels?.['slo'] ?? slo) === slo && record?.endsWith('30d') !== true,
      ),
    }));
  return stringify({ groups });
}

const model = 'instance="a:1",model="diabetes-classifier"';
const server = `job="reference-server",${model}`;
const balancer = 'job="haproxy",instance="b:1",proxy="clients"';

const perMinute = 10_000;

/** For how long requests are bad, and then all is well. */
interface Minutes {
  bad: number;
  good: number;
}

/** A counter that rises by so many a minute, first while requests are bad and then while all is well. */
const rising = (first: number, then: number, { bad, good }: Minutes) =>
  `0+${first}x${bad} ${first * bad + then}+${then}x${good}`;

/** Objectives of mlops-aks with what is allowed, and series in which a share of requests is bad. */
const objectives: {
  slo: string;
  budget: number;
  job: string;
  given(good: number, minutes: Minutes): Given[];
}[] = [
  { slo: 'AK-SLO-1/latency-p95', budget: 0.05, job: 'reference-server', given: latency('0.2') },
  { slo: 'AK-SLO-2/latency-p99', budget: 0.01, job: 'reference-server', given: latency('0.5') },
  {
    slo: 'AK-SLO-3/wrong-answers',
    budget: 0.01,
    job: 'reference-server',
    given: (good, minutes) => [
      all(`inference_requests_total{${server}}`, minutes),
      { series: `inference_errors_total{${server}}`, values: rising(perMinute - good, 0, minutes) },
    ],
  },
  {
    slo: 'AK-SLO-4/unavailability',
    budget: 0.001,
    job: 'haproxy',
    given: (good, minutes) =>
      Object.entries({
        '2xx': rising(good, perMinute, minutes),
        '5xx': rising(perMinute - good, 0, minutes),
      }).map(([code, values]) => ({
        series: `haproxy_frontend_http_responses_total{${balancer},code="${code}"}`,
        values,
      })),
  },
  {
    slo: 'AK-SLO-5/cache-misses',
    budget: 0.2,
    job: 'reference-server',
    given: (good, minutes) => [
      { series: `inference_cache_hits_total{${server}}`, values: rising(good, perMinute, minutes) },
      {
        series: `inference_cache_misses_total{${server}}`,
        values: rising(perMinute - good, 0, minutes),
      },
    ],
  },
];

function all(series: string, minutes: Minutes): Given {
  return { series, values: rising(perMinute, perMinute, minutes) };
}

function latency(edge: string) {
  return (good: number, minutes: Minutes): Given[] => [
    all(`inference_duration_seconds_count{${server}}`, minutes),
    {
      series: `inference_duration_seconds_bucket{${server},le="${edge}"}`,
      values: rising(good, perMinute, minutes),
    },
  ];
}

const canFire = (budget: number, burn: number) => budget * burn < 1;

describe.each(objectives)('$slo', ({ slo, budget, job, given }) => {
  /** What promtool finds wrong, of the pairs that are named, at the end. */
  const judged = (
    burn: number,
    minutes: Minutes,
    expected: readonly { window: BurnWindow; fires: boolean }[],
  ) =>
    differences({
      ...{ rules: rulesOf(slo), order, evaluation: '2m', step: '1m' },
      given: given(Math.round(perMinute * (1 - budget * burn)), minutes),
      expected: expected.map(({ window, fires }) => {
        const { tier } = window;
        const labels = {
          ...{ job, slo, tier, profile: 'mlops-aks', severity: tier === 'page' ? '1' : '3' },
          window: burnAlertName(window).replace('ErrorBudgetBurn', ''),
        };
        const at = `${minutes.bad + minutes.good}m`;
        return { at, alert: burnAlertName(window), firing: fires ? [labels] : [] };
      }),
    });

  for (const window of burnWindows.filter(({ burn }) => canFire(budget, burn * 1.04))) {
    const { burn, longMs, shortMs } = window;
    const short = shortMs / 60_000;
    const bad = longMs / 60_000 + 30;
    const inForm = bad < 120 ? test : longTest;

    inForm(`above ${burn} times the budget, its pair and the slower ones fire alone`, async () => {
      const expected = burnWindows.map((other) => ({
        window: other,
        fires: canFire(budget, other.burn) && other.burn <= burn,
      }));
      expect(await judged(burn * 1.04, { bad, good: 0 }, expected)).toBe('');
    });

    inForm(`just below ${burn} times the budget, its pair is silent`, async () => {
      expect(await judged(burn * 0.96, { bad, good: 0 }, [{ window, fires: false }])).toBe('');
    });

    inForm(`the pair of ${burn} times resolves as its short window drains`, async () => {
      const worst = Math.min(16, 0.98 / budget);
      expect(await judged(worst, { bad, good: 0 }, [{ window, fires: true }])).toBe('');
      const good = short + 10;
      expect(await judged(worst, { bad, good }, [{ window, fires: false }])).toBe('');
    });
  }
});

test('the table above has every objective that is watched', () => {
  const [deployment] = deployments;
  const profile = profiles.find(({ id }) => id === deployment?.profile);
  if (deployment === undefined || profile === undefined) throw new Error('mlops-aks is deployed');
  const { groups } = serviceRules(profile, deployment.watched, valuesSchema.parse({}));
  const watched = groups.flatMap(({ alerts }) =>
    alerts.flatMap(({ labels }) => labels?.['slo'] ?? []),
  );
  expect([...new Set(watched)].sort()).toEqual(objectives.map(({ slo }) => slo).sort());
});
