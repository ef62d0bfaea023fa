import type { LineSeriesOption } from 'echarts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import { duration } from '../content/format.ts';
import type { VerdictRow } from '../content/rows.ts';
import type { ScenarioSummary } from '../content/summarise.ts';
import { line } from './chart-parts.ts';
import type { LegendEntry } from './elements.ts';

interface FaultMark {
  /** Stands for it in the charts, where its words have no room. */
  letter: string;
  words: string;
  /** Milliseconds since the start of the scenario. */
  windows: { fromMs: number; toMs: number }[];
  /** Letters of other faults that begin at about the same time and stand before this one's. */
  beside: number;
}

/** Share of a chart's width in which two letters would meet. */
const nearby = 0.04;

interface ChangeMark {
  atMs: number;
  ids: string[];
}

/** What happened when in a scenario: faults that were switched, and times at which the judge saw the service change. */
export interface TimeMarks {
  faults: FaultMark[];
  changes: ChangeMark[];
}

export function timeMarks(
  summary: ScenarioSummary,
  record: ScenarioRecord | undefined,
  rows: readonly VerdictRow[],
): TimeMarks {
  return { faults: faultMarks(summary, record), changes: changeMarks(summary, rows) };
}

function faultMarks(
  { buckets, widthMs }: ScenarioSummary,
  record: ScenarioRecord | undefined,
): FaultMark[] {
  const endMs = buckets.length * widthMs;
  const marks = new Map<string, FaultMark>();
  for (const { text, part, from, to } of record?.faults ?? []) {
    // A crash names the replica that it ended, which nobody had to name before.
    const words = part === null || text.includes(` on ${part}`) ? text : `${text} on ${part}`;
    const fromMs = Math.max(0, from - (record?.startedAt ?? 0));
    const toMs = to === undefined ? endMs : Math.min(endMs, to - (record?.startedAt ?? 0));
    if (toMs <= fromMs) continue;
    const mark = marks.get(words) ?? {
      letter: letterOf(marks.size),
      words,
      windows: [],
      beside: 0,
    };
    mark.windows.push({ fromMs, toMs });
    marks.set(words, mark);
  }
  const all = [...marks.values()];
  const startOf = ({ windows: [first] }: FaultMark) => first?.fromMs ?? 0;
  all.forEach((mark, at) => {
    mark.beside = all
      .slice(0, at)
      .filter((other) => Math.abs(startOf(other) - startOf(mark)) < nearby * endMs).length;
  });
  return all;
}

function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

/** Objectives that changed within the same point of the charts share a mark. */
function changeMarks(
  { judgedFromMs, widthMs }: ScenarioSummary,
  rows: readonly VerdictRow[],
): ChangeMark[] {
  const marks: ChangeMark[] = [];
  for (const { id, decision, evidence } of rows) {
    if (
      decision === 'pass' ||
      evidence === undefined ||
      !('change' in evidence) ||
      evidence.change === undefined
    )
      continue;
    const atMs = (judgedFromMs ?? 0) + evidence.change.atMs;
    const near = marks.find((mark) => Math.abs(mark.atMs - atMs) < 2 * widthMs);
    if (near === undefined) marks.push({ atMs, ids: [id] });
    else near.ids.push(id);
  }
  return marks;
}

/** The marks as series of their own, for any chart over time. */
export function markSeries({ faults, changes }: TimeMarks): LineSeriesOption[] {
  const label = {
    color: 'var(--text)',
    fontSize: 11,
    textBorderWidth: 3,
    textBorderColor: 'var(--card)',
  };
  const windows = faults.map(
    ({ letter, windows: all, beside }): LineSeriesOption => ({
      ...line,
      data: [],
      markArea: {
        silent: true,
        animation: false,
        itemStyle: { color: 'var(--fault)', opacity: 0.16 },
        // A fault that comes and goes is named at its first window only.
        data: all.map(({ fromMs, toMs }, at) => [
          {
            xAxis: fromMs,
            label: {
              ...label,
              show: at === 0,
              position: 'insideBottomLeft',
              distance: 3,
              offset: [beside * 12, 0],
              formatter: () => letter,
            },
          },
          { xAxis: toMs },
        ]),
      },
    }),
  );
  if (changes.length === 0) return windows;
  const marked: LineSeriesOption = {
    ...line,
    data: [],
    markLine: {
      silent: true,
      animation: false,
      symbol: 'none',
      lineStyle: { color: 'var(--inconclusive)', width: 1.5, type: 'solid' },
      data: changes.map(({ atMs }) => ({
        xAxis: atMs,
        label: { ...label, show: true, position: 'end', distance: 2, formatter: () => 'changed' },
      })),
    },
  };
  return [...windows, marked];
}

export function markLegend({ faults, changes }: TimeMarks): LegendEntry[] {
  return [
    ...faults.map(
      ({ letter, words }): LegendEntry => ({ name: `${letter}: fault ${words}`, swatch: 'fault' }),
    ),
    ...(changes.length === 0
      ? []
      : [
          {
            name: `the service changed (${changes.flatMap(({ ids }) => ids).join(', ')})`,
            swatch: 'change' as const,
          },
        ]),
  ];
}

/** Windows of one fault that are said one by one. */
const said = 4;

/** Faults in words, times as in the charts: since the first request of the warm-up. */
export function faultWords({ faults }: TimeMarks): string[] {
  return faults.map(({ letter, words, windows }) => {
    const times = windows
      .slice(0, said)
      .map(({ fromMs, toMs }) => `${duration(fromMs)} to ${duration(toMs)}`);
    const more = windows.length > said ? ` and ${windows.length - said} times more` : '';
    return `${letter}: ${words}, on from ${times.join(', ')}${more}`;
  });
}
