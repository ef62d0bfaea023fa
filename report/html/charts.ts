import type { LineSeriesOption } from 'echarts';
import type { Objective } from '../../slo/profile.ts';
import { milliseconds, percent, significant } from '../content/format.ts';
import { failures, type ScenarioSummary, type TimeBucket } from '../content/summarise.ts';
import { objectiveWords } from '../content/wording.ts';
import {
  type Chart,
  centre,
  draw,
  isLatency,
  type Latency,
  label,
  limitStyle,
  line,
  logAxis,
  markLines,
  mutable,
  type Range,
  spanOf,
  steps,
  thinned,
  timeAxis,
  valueAxis,
  warmupArea,
} from './chart-parts.ts';
import { markSeries, type TimeMarks } from './time-marks.ts';

export const percentiles = [0.5, 0.95, 0.99] as const;
const lineStyles = [
  { color: 'var(--p50)', width: 1.5, type: 'solid' },
  { color: 'var(--p95)', width: 2, type: 'solid' },
  { color: 'var(--p99)', width: 1.5, type: [5, 3] },
] as const;
/** Latency distribution: requests per bin of equal width on a logarithmic axis, with the limits. */
export function distributionChart(
  summary: ScenarioSummary,
  objectives: readonly Objective[],
): Chart {
  const limits = objectives.filter(isLatency);
  const bins = latencyBins(summary);
  const range = spanOf([
    ...bins.flatMap((bin) => [bin.fromMs, bin.toMs]),
    ...limits.map(({ limitMs }) => limitMs),
  ]);
  const steps = bins.flatMap((bin) => [
    [Math.log10(bin.fromMs), bin.count],
    [Math.log10(bin.toMs), bin.count],
  ]);
  return draw({
    xAxis: logAxis(range, milliseconds),
    yAxis: {
      ...valueAxis,
      axisLabel: { ...label, formatter: (value: number) => significant(value) },
    },
    series: [
      {
        ...line,
        data: steps,
        lineStyle: { color: 'var(--p95)', width: 1 },
        areaStyle: { color: 'var(--p95)', opacity: 0.35 },
        ...markLines(
          limits.map((limit) => ({
            xAxis: Math.log10(limit.limitMs),
            name: objectiveWords(limit),
          })),
        ),
      },
    ],
  });
}

/**
 * Share of requests slower than t, failed ones counting as slower than any t: what the judge bounds, at every t at once. A limit is
 * the corner that the curve must stay below and left of.
 */
export function slowerThanChart(summary: ScenarioSummary, objectives: readonly Objective[]): Chart {
  const limits = objectives.filter(isLatency);
  const { total } = summary.latency;
  const points: [number, number][] = [];
  let slower = total;
  for (const { ms, count } of summary.latency.buckets()) {
    points.push([Math.max(ms, 1e-3), slower / total]);
    slower -= count;
  }
  const floor = Math.max(1 / Math.max(total, 1), 1e-5);
  const range = spanOf([...points.map(([ms]) => ms), ...limits.map(({ limitMs }) => limitMs)]);
  if (slower > 0) points.push([range[1], slower / total]);
  const shares: Range = [Math.min(floor, ...limits.map(({ quantile }) => (1 - quantile) / 3)), 1];
  const corner = ({ limitMs, quantile }: Latency): [{ coord: number[] }, { coord: number[] }] => [
    { coord: [Math.log10(limitMs), Math.log10(1 - quantile)] },
    { coord: [Math.log10(range[1]), 0] },
  ];
  const edge = ({ limitMs, quantile }: Latency): LineSeriesOption => ({
    ...line,
    data: [
      [Math.log10(limitMs), 0],
      [Math.log10(limitMs), Math.log10(1 - quantile)],
      [Math.log10(range[1]), Math.log10(1 - quantile)],
    ],
    lineStyle: limitStyle,
  });
  return draw({
    xAxis: logAxis(range, milliseconds),
    yAxis: logAxis(shares, percent, true),
    series: [
      {
        ...line,
        data: thinned(points).map(([ms, share]) => [Math.log10(ms), Math.log10(share)]),
        step: 'end',
        lineStyle: { color: 'var(--p95)', width: 2 },
        markArea: {
          silent: true,
          itemStyle: { color: 'var(--limit)', opacity: 0.07 },
          data: limits.map(corner),
        },
      },
      ...limits.map(edge),
    ],
  });
}

/** Percentiles over time, with the limits. A percentile that failed is a mark at the upper edge. */
export function latencyOverTimeChart(
  summary: ScenarioSummary,
  objectives: readonly Objective[],
  marks: TimeMarks,
): Chart {
  const limits = objectives.filter(isLatency);
  const series = percentiles.map((quantile) =>
    summary.buckets.map((bucket) => bucket.latency.quantileMs(quantile)),
  );
  const range = spanOf([
    ...series.flat().filter((ms) => ms !== null),
    ...limits.map(({ limitMs }) => limitMs),
  ]);
  const unanswered = summary.buckets.filter(
    (bucket) => bucket.latency.total > 0 && bucket.latency.quantileMs(0.99) === null,
  );
  return draw({
    xAxis: timeAxis(summary),
    yAxis: logAxis(range, milliseconds),
    series: [
      ...series.map(
        (values, at): LineSeriesOption => ({
          ...line,
          data: values.map((ms, index) => [
            centre(summary, index),
            ms === null ? null : Math.log10(Math.max(ms, 1e-3)),
          ]),
          ...(lineStyles[at] === undefined
            ? {}
            : { lineStyle: { ...lineStyles[at], type: mutable(lineStyles[at].type) } }),
          ...(at === 0
            ? {
                ...markLines(
                  limits.map((limit) => ({
                    yAxis: Math.log10(limit.limitMs),
                    name: objectiveWords(limit),
                  })),
                ),
                ...warmupArea(summary),
              }
            : {}),
        }),
      ),
      {
        type: 'scatter',
        symbol: 'triangle',
        symbolSize: 7,
        silent: true,
        itemStyle: { color: 'var(--fail)' },
        data: unanswered.map((bucket) => [bucket.atMs + summary.widthMs / 2, Math.log10(range[1])]),
      },
      ...markSeries(marks),
    ],
  });
}

/** Requests per second by intended start. */
export function rateChart(summary: ScenarioSummary, marks: TimeMarks): Chart {
  const perSecond = (requests: number) => (requests * 1000) / summary.widthMs;
  return draw({
    xAxis: timeAxis(summary),
    yAxis: {
      ...valueAxis,
      axisLabel: { ...label, formatter: (value: number) => significant(value) },
    },
    series: [
      {
        ...line,
        data: steps(summary, (bucket) => perSecond(bucket.requests)),
        lineStyle: { color: 'var(--p50)', width: 1.5 },
        areaStyle: { color: 'var(--p50)', opacity: 0.18 },
        ...warmupArea(summary),
      },
      ...markSeries(marks),
    ],
  });
}

/** Share of bad requests over time, in per cent, with the limits: failures, or cache misses. Only an `alarm` is drawn in red. */
export function shareChart(
  summary: ScenarioSummary,
  objectives: readonly Objective[],
  shareOf: (bucket: TimeBucket) => number | null,
  { alarm, marks }: { alarm: boolean; marks: TimeMarks },
): Chart {
  const color = alarm ? 'var(--fail)' : 'var(--p50)';
  const limits = objectives.flatMap((objective) => ('maxShare' in objective ? [objective] : []));
  const highest = Math.max(
    0,
    ...summary.buckets.map((bucket) => shareOf(bucket) ?? 0),
    ...limits.map(({ maxShare }) => maxShare),
  );
  return draw({
    xAxis: timeAxis(summary),
    yAxis: {
      ...valueAxis,
      max: highest === 0 ? 0.01 : highest * 1.15,
      axisLabel: { ...label, formatter: (share: number) => percent(share), showMaxLabel: false },
    },
    series: [
      {
        ...line,
        data: steps(summary, shareOf),
        lineStyle: { color, width: 1.5 },
        areaStyle: { color, opacity: 0.25 },
        ...markLines(
          limits.map((limit) => ({
            yAxis: limit.maxShare,
            name: `at most ${percent(limit.maxShare)}`,
          })),
        ),
        ...warmupArea(summary),
      },
      ...markSeries(marks),
    ],
  });
}

/** Share of failed requests, by what went wrong, null where nothing was sent. */
export function failedShare(bucket: TimeBucket): number | null {
  return bucket.requests === 0 ? null : failures(bucket.outcomes) / bucket.requests;
}

export function missShare(bucket: TimeBucket): number | null {
  const asked = bucket.hits + bucket.misses;
  return asked === 0 ? null : bucket.misses / asked;
}

/** About 48 bins between the fastest and the slowest answer, of equal width in the logarithm. */
export function latencyBins(
  summary: ScenarioSummary,
): { fromMs: number; toMs: number; count: number }[] {
  const buckets = [...summary.latency.buckets()].map(({ ms, count }) => ({
    ms: Math.max(ms, 1e-3),
    count,
  }));
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return [];
  const decades = Math.max(Math.log10(last.ms / first.ms), 0.2);
  const perDecade = Math.min(40, Math.max(8, Math.round(48 / decades)));
  const indexOf = (ms: number) => Math.floor(Math.log10(ms) * perDecade);
  const start = indexOf(first.ms);
  const counts = new Array<number>(indexOf(last.ms) - start + 1).fill(0);
  for (const { ms, count } of buckets) {
    const at = indexOf(ms) - start;
    counts[at] = (counts[at] ?? 0) + count;
  }
  return counts.map((count, at) => ({
    fromMs: 10 ** ((start + at) / perDecade),
    toMs: 10 ** ((start + at + 1) / perDecade),
    count,
  }));
}
