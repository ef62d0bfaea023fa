import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { differences, distOf, type Given } from './promtool.testing.ts';

/** The documented alerts, as they are committed, judged by Prometheus: two windows of five minutes in a row. */

const rules = join(distOf('mlops-aks', 'mlops-aks'), 'rules.yaml');
const labels = '{job="reference-server",instance="a:1",model="diabetes-classifier"';
const stepsPerMinute = 4;
const perStep = 1000;

/** How long requests go how badly: shares of them slower than 200 ms, slower than 500 ms, and failed. */
interface Phase {
  minutes: number;
  over200?: number;
  over500?: number;
  failed?: number;
  /** The process starts anew before it. */
  restarted?: true;
}

function counter(phases: readonly Phase[], each: (phase: Phase) => number): string {
  const values = [0];
  for (const phase of phases)
    for (let step = 0; step < phase.minutes * stepsPerMinute; step++) {
      const before = phase.restarted && step === 0 ? 0 : (values.at(-1) ?? 0);
      values.push(before + each(phase));
    }
  return values.join(' ');
}

const within: Record<string, (phase: Phase) => number> = {
  '0.1': ({ over200 = 0, over500 = 0 }) => perStep * (1 - Math.max(over200, over500)),
  '0.2': ({ over200 = 0, over500 = 0 }) => perStep * (1 - Math.max(over200, over500)),
  '0.5': ({ over500 = 0 }) => perStep * (1 - over500),
  '30.0': () => perStep,
  '+Inf': () => perStep,
};

function classic(phases: readonly Phase[], spelled = (le: string) => le): Given[] {
  return [
    ...Object.entries(within).map(([le, each]) => ({
      series: `inference_duration_seconds_bucket${labels},le="${spelled(le)}"}`,
      values: counter(phases, each),
    })),
    {
      series: `inference_duration_seconds_count${labels}}`,
      values: counter(phases, () => perStep),
    },
  ];
}

/** The same as Prometheus keeps it with `convert_classic_histograms_to_nhcb`. */
function converted(phases: readonly Phase[]): Given[] {
  const edges = Object.keys(within).filter((le) => le !== '+Inf');
  const columns = Object.values(within).map((each) => counter(phases, each).split(' ').map(Number));
  const values = (columns[0] ?? []).map((_, at) => {
    const upTo = columns.map((column) => column[at] ?? 0);
    const buckets = upTo.map((count, bucket) => count - (upTo[bucket - 1] ?? 0));
    return `{{schema:-53 sum:1 count:${upTo.at(-1)} custom_values:[${edges.join(' ')}] buckets:[${buckets.join(' ')}]}}`;
  });
  return [{ series: `inference_duration_seconds${labels}}`, values: values.join(' ') }];
}

function errors(phases: readonly Phase[]): Given[] {
  return [
    { series: `inference_requests_total${labels}}`, values: counter(phases, () => perStep) },
    {
      series: `inference_errors_total${labels}}`,
      values: counter(phases, ({ failed = 0 }) => perStep * failed),
    },
  ];
}

const alerts = [
  {
    alert: 'LatencyP95High',
    target: 'AK-ALERT-1',
    severity: '2',
    bad: { over200: 0.06 },
    atLimit: { over200: 0.05 },
    series: classic,
  },
  {
    alert: 'LatencyP99High',
    target: 'AK-ALERT-2',
    severity: '3',
    bad: { over500: 0.02 },
    atLimit: { over500: 0.01 },
    series: classic,
  },
  {
    alert: 'ErrorRateHigh',
    target: 'AK-ALERT-3',
    severity: '1',
    bad: { failed: 0.02 },
    atLimit: { failed: 0.01 },
    series: errors,
  },
] as const;

const good = (minutes: number): Phase => ({ minutes });

describe.each(alerts)('$alert', ({ alert, target, severity, bad, atLimit, series }) => {
  const firing = [{ job: 'reference-server', severity, target, profile: 'mlops-aks' }];
  const judged = (given: readonly Given[], times: Readonly<Record<string, boolean>>) =>
    differences({
      ...{ rules, evaluation: '5m', step: '15s', given },
      expected: Object.entries(times).map(([at, fires]) => ({
        ...{ at, alert, firing: fires ? firing : [] },
      })),
    });

  test('fires at the end of the second bad window, and resolves after the first good one', async () => {
    const phases = [good(10), { minutes: 15, ...bad }, good(15)];
    const times = {
      '10m': false,
      '15m': false,
      '20m': true,
      '25m': true,
      '30m': false,
      '40m': false,
    };
    expect(await judged(series(phases), times)).toBe('');
  });

  test('one bad window never fires, whatever its phase', async () => {
    for (const begin of [5, 6, 7, 8, 9]) {
      const phases = [good(begin), { minutes: 5, ...bad }, good(20)];
      expect(await judged(series(phases), { '10m': false, '15m': false, '20m': false })).toBe('');
    }
  });

  test('at the limit it is silent', async () => {
    expect(
      await judged(series([{ minutes: 40, ...atLimit }]), { '20m': false, '40m': false }),
    ).toBe('');
  });

  test('without data it is silent', async () => {
    expect(await judged([], { '20m': false, '40m': false })).toBe('');
  });

  test('a restart in the middle of it changes nothing', async () => {
    const phases = [
      good(10),
      { minutes: 7, ...bad },
      { minutes: 8, ...bad, restarted: true as const },
    ];
    expect(await judged(series(phases), { '15m': false, '20m': true, '25m': true })).toBe('');
  });

  test('a burst across the boundary of two windows can spoil both', async () => {
    const three = Object.fromEntries(Object.entries(bad).map(([key, share]) => [key, 5 * share]));
    const phases = [good(8.5), { minutes: 3, ...three }, good(20)];
    expect(await judged(series(phases), { '10m': false, '15m': true, '20m': false })).toBe('');
  });

  if (series === classic)
    test('so does a histogram that was converted to a native one', async () => {
      const phases = [good(10), { minutes: 15, ...bad }, good(15)];
      const times = { '15m': false, '20m': true, '30m': false };
      expect(await judged(converted(phases), times)).toBe('');
    });
});
