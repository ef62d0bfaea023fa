import type { EChartsOption, LineSeriesOption } from 'echarts';
import { init } from 'echarts/dist/echarts.esm.min';
import type { Objective } from '../../slo/profile.ts';
import { duration } from '../content/format.ts';
import type { ScenarioSummary, TimeBucket } from '../content/summarise.ts';

/** Drawn twice, for wide and for narrow screens: an SVG that only shrinks has letters nobody can read. */
export const sizes = {
  wide: { width: 560, height: 270 },
  narrow: { width: 330, height: 250 },
} as const;
export type Size = keyof typeof sizes;

/** A chart as data. `svg` gives markup without scripts, ids of its own and colours as CSS variables. */
export type Chart = (size: Size) => string;

export const limitStyle = { color: 'var(--limit)', width: 1.5, type: [2, 3] };

export type Latency = Extract<Objective, { indicator: 'latency' }>;
export type Range = [low: number, high: number];

export const label = { color: 'var(--muted)', fontSize: 11.5 };
export const line = {
  type: 'line',
  showSymbol: false,
  silent: true,
  animation: false,
  connectNulls: false,
} as const satisfies LineSeriesOption;
const grid = { lineStyle: { color: 'var(--border)', width: 1 } };
const axisLine = { show: true, onZero: false, lineStyle: { color: 'var(--muted)', width: 1 } };
export const valueAxis = {
  type: 'value',
  min: 0,
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: grid,
  splitNumber: 4,
} as const;

export function isLatency(objective: Objective): objective is Latency {
  return objective.indicator === 'latency';
}

/** Room on both sides; a sane range where there is nothing to show. */
export function spanOf(values: readonly number[]): Range {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 1000];
  return [Math.min(...positive) / 1.25, Math.max(...positive) * 1.6];
}

/** A linear axis over decimal logarithms: ECharts' own logarithmic axis has ticks at powers of ten only. */
export function logAxis([low, high]: Range, words: (value: number) => string, powersOnly = false) {
  const ticks: number[] = [];
  const wide = Math.log10(high / low) > 2.6;
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of powersOnly ? [1] : wide ? [1, 3] : [1, 2, 5]) {
      const value = factor * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push(Math.log10(value));
    }
  }
  return {
    type: 'value' as const,
    min: Math.log10(low),
    max: Math.log10(high),
    axisLine,
    axisTick: { show: true, customValues: ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: {
      ...label,
      hideOverlap: true,
      customValues: ticks,
      formatter: (value: number) => words(Number((10 ** value).toPrecision(3))),
    },
    splitLine: { ...grid, show: true },
  };
}

export function timeAxis({ buckets, widthMs }: ScenarioSummary) {
  return {
    type: 'value' as const,
    min: 0,
    max: Math.max(1, buckets.length) * widthMs,
    axisLine,
    axisTick: { show: true, lineStyle: { color: 'var(--muted)' } },
    axisLabel: {
      ...label,
      hideOverlap: true,
      showMaxLabel: false,
      formatter: (ms: number) => (ms === 0 ? '0' : duration(ms)),
    },
    splitLine: { show: false },
    interval: niceInterval(Math.max(1, buckets.length) * widthMs),
  };
}

function niceInterval(totalMs: number): number {
  const seconds = totalMs / 1000 / 5;
  const nice = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
  ];
  return (
    (nice.find((candidate) => candidate >= seconds) ?? Math.ceil(seconds / 86_400) * 86_400) * 1000
  );
}

export function centre({ widthMs }: ScenarioSummary, index: number): number {
  return (index + 0.5) * widthMs;
}

export function steps(
  { buckets, widthMs }: ScenarioSummary,
  shown: (bucket: TimeBucket) => number | null,
): (number | null)[][] {
  return buckets.flatMap((bucket) => [
    [bucket.atMs, shown(bucket)],
    [bucket.atMs + widthMs, shown(bucket)],
  ]);
}

/** Points that differ by less than a pixel are one. */
export function thinned(points: [number, number][]): [number, number][] {
  let last = Number.NEGATIVE_INFINITY;
  return points.filter(([ms], at) => {
    const keep = at === points.length - 1 || Math.log10(ms) - last >= 0.008;
    if (keep) last = Math.log10(ms);
    return keep;
  });
}

export function markLines(
  marks: { xAxis?: number; yAxis?: number; name: string }[],
): Pick<LineSeriesOption, 'markLine'> {
  return {
    markLine: {
      silent: true,
      animation: false,
      symbol: 'none',
      // Otherwise a limit stands where it is after rounding to two decimals.
      precision: -1,
      lineStyle: { ...limitStyle },
      data: marks.map(({ name, ...at }, index) => ({
        ...at,
        name,
        label: {
          show: true,
          formatter: () => name,
          position:
            at.xAxis === undefined
              ? 'insideEndTop'
              : index % 2 === 0
                ? 'insideEndTop'
                : 'insideEndBottom',
          ...(at.xAxis === undefined ? {} : { rotate: 90 }),
          color: 'var(--limit)',
          fontSize: 11.5,
          textBorderWidth: 3,
          textBorderColor: 'var(--card)',
        },
      })),
    },
  };
}

export function warmupArea({ judgedFromMs }: ScenarioSummary): Pick<LineSeriesOption, 'markArea'> {
  if (judgedFromMs === null || judgedFromMs <= 0) return {};
  return {
    markArea: {
      silent: true,
      itemStyle: { color: 'var(--muted)', opacity: 0.1 },
      label: {
        show: true,
        position: 'insideTopLeft',
        color: 'var(--muted)',
        fontSize: 11,
        formatter: () => 'warm-up',
      },
      data: [[{ xAxis: 0 }, { xAxis: judgedFromMs }]],
    },
  };
}

export function mutable(type: 'solid' | readonly number[]): 'solid' | number[] {
  return type === 'solid' ? type : [...type];
}

export function draw(option: EChartsOption): Chart {
  return (size) => {
    const chart = init(null, null, { renderer: 'svg', ssr: true, ...sizes[size] });
    try {
      chart.setOption({
        animation: false,
        textStyle: { fontFamily: 'inherit' },
        grid: {
          left: 8,
          right: 14,
          top: 14,
          bottom: 8,
          outerBoundsMode: 'same',
          outerBoundsContain: 'axisLabel',
        },
        ...option,
      });
      return cleaned(chart.renderToSVGString());
    } finally {
      chart.dispose();
    }
  };
}

/**
 * Leaves only what draws. The renderer numbers its ids by the charts that the process drew before, so the same chart would come out
 * in other bytes; its style sheet serves the mouse, which these pictures do not answer.
 */
function cleaned(svg: string): string {
  return svg
    .replace(/<style\s*>.*?<\/style>/s, '')
    .replaceAll(
      / (?:class="zr\d+-cls-\d+"|ecmeta_\w+="[^"]*"|pointer-events="visible"|xml:space="preserve")/g,
      '',
    )
    .replaceAll(/ clip-path="url\(#zr\d+-c\d+\)"/g, '')
    .replaceAll(/<defs\s*>.*?<\/defs>/gs, '')
    .replaceAll(/\n+/g, '\n')
    .replace(
      /<svg [^>]*viewBox="([^"]*)"[^>]*>/,
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="$1" aria-hidden="true" focusable="false">',
    );
}
