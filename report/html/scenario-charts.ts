import { type ComponentChild, h } from 'preact';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import { count, duration, integer, milliseconds, percent, significant } from '../content/format.ts';
import { missedInSample } from '../content/reasons.ts';
import type { VerdictRow } from '../content/rows.ts';
import { failures, type ScenarioSummary } from '../content/summarise.ts';
import { objectiveWords, quantileWords } from '../content/wording.ts';
import {
  distributionChart,
  failedShare,
  latencyOverTimeChart,
  missShare,
  rateChart,
  shareChart,
  slowerThanChart,
} from './charts.ts';
import { figure, type LegendEntry } from './elements.ts';
import { markLegend, type TimeMarks } from './time-marks.ts';

export const tableQuantiles = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const limitEntry: LegendEntry = { name: 'documented limit', swatch: 'limit' };

/** The charts of one scenario. `rows`: what was decided on it. */
export function scenarioCharts(
  summary: ScenarioSummary,
  record: ScenarioRecord | undefined,
  rows: readonly VerdictRow[],
  marks: TimeMarks,
): ComponentChild[] {
  const objectives = rows.flatMap(({ objective }) => (objective === undefined ? [] : [objective]));
  const marked = markLegend(marks);
  const limits = objectives.filter((objective) => objective.indicator === 'latency');
  const limitWords =
    limits.length === 0
      ? 'No latency limit is documented for it.'
      : `Limits: ${limits.map(objectiveWords).join(', ')}.`;
  const errors = objectives.filter(
    (objective) => 'maxShare' in objective && objective.indicator !== 'cache-misses',
  );
  const withLimit = (entries: LegendEntry[], has: boolean) =>
    has ? [...entries, limitEntry] : entries;
  const { total } = summary.latency;
  const pictures: ComponentChild[] = [];
  if (total > 0) {
    pictures.push(
      figure(
        'Latency distribution',
        `${quantileWords(summary, tableQuantiles)}. ${limitWords}`,
        distributionChart(summary, objectives),
        withLimit([{ name: 'answers, by latency', swatch: 'fill' }], limits.length > 0),
      ),
      figure(
        'Share of requests slower than t',
        limits.length === 0
          ? 'Failed requests count as slower than any t.'
          : 'The judged quantity at every t: the curve must not enter a shaded corner. Failed requests count as slower than any t.',
        slowerThanChart(summary, objectives),
        withLimit([{ name: 'slower than t, or failed', swatch: 'p95' }], limits.length > 0),
      ),
    );
  }
  pictures.push(
    figure(
      'Latency over time',
      `${bucketWords(summary)} ${limitWords}`,
      latencyOverTimeChart(summary, objectives, marks),
      withLimit(
        [
          { name: 'p50', swatch: 'p50' },
          { name: 'p95', swatch: 'p95' },
          { name: 'p99', swatch: 'p99' },
          ...(summary.buckets.some(
            (bucket) => bucket.latency.total > 0 && bucket.latency.quantileMs(0.99) === null,
          )
            ? [{ name: 'p99 failed', swatch: 'unanswered' as const }]
            : []),
          ...marked,
        ],
        limits.length > 0,
      ),
    ),
    figure('Requests per second', rateWords(summary), rateChart(summary, marks), [
      { name: 'requests, by intended start', swatch: 'p50' },
      ...marked,
    ]),
    failures(summary.counts.judged) + failures(summary.counts.warmup) === 0
      ? calmFigure(
          'Failed requests over time',
          `None of the ${integer(summary.judged)} judged requests failed, and none in the warm-up.`,
        )
      : figure(
          'Failed requests over time',
          errorWords(summary),
          shareChart(summary, errors, failedShare, { alarm: true, marks }),
          withLimit([{ name: 'share that failed', swatch: 'bad' }, ...marked], errors.length > 0),
        ),
  );
  return [...pictures, ...cacheFigure(summary, record, rows, marks)];
}

function cacheFigure(
  summary: ScenarioSummary,
  record: ScenarioRecord | undefined,
  rows: readonly VerdictRow[],
  marks: TimeMarks,
): ComponentChild[] {
  const { hits, misses } = summary.cache;
  const asked = hits + misses;
  if (asked === 0) return [];
  const title = 'Cache misses over time';
  if (hits === 0 && record?.scenario.payloads.kind === 'unique')
    return [
      calmFigure(
        title,
        `All ${integer(asked)} requests missed, as they should: no payload was sent twice.`,
      ),
    ];
  const limiting = rows.filter(({ objective }) => objective?.indicator === 'cache-misses');
  const alarm = limiting.some((row) => row.decision === 'fail' || missedInSample(row));
  const limits = limiting.flatMap(({ objective }) => objective ?? []);
  const share: LegendEntry = { name: 'share that missed', swatch: alarm ? 'bad' : 'p50' };
  return [
    figure(
      title,
      `${integer(hits)} hits, ${integer(misses)} misses (${percent(hits / asked)} hits), first requests of each payload included.`,
      shareChart(summary, limits, missShare, { alarm, marks }),
      [share, ...markLegend(marks), ...(limits.length > 0 ? [limitEntry] : [])],
    ),
  ];
}

function calmFigure(title: string, words: string): ComponentChild {
  return h(
    'figure',
    null,
    h('figcaption', null, h('h4', null, title)),
    h('p', null, h('span', { 'aria-hidden': 'true' }, '✓ '), words),
  );
}

function bucketWords(summary: ScenarioSummary): string {
  const judged = summary.buckets.filter((bucket) => bucket.atMs >= (summary.judgedFromMs ?? 0));
  const worst = judged.reduce<number | null>((most, { latency, requests }) => {
    const ms = latency.quantileMs(0.99);
    if (requests === 0 || most === null || latency.total === 0) return most;
    return ms === null ? null : Math.max(most, ms);
  }, 0);
  const most =
    worst === null
      ? 'the p99 of the judged load failed in some'
      : `the worst p99 of the judged load was ${milliseconds(worst)}`;
  return `Percentiles of each ${duration(summary.widthMs)}; ${most}.`;
}

function rateWords(summary: ScenarioSummary): string {
  const rates = summary.buckets
    .filter((bucket) => bucket.atMs >= (summary.judgedFromMs ?? 0))
    .map((bucket) => (bucket.requests * 1000) / summary.widthMs);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
  return `${significant(mean)} on average in the judged load; requests of the warm-up are sent but not judged.`;
}

function errorWords(summary: ScenarioSummary): string {
  const failed = failures(summary.counts.judged);
  return `${count(failed, 'judged request')} failed (${percent(failed / Math.max(1, summary.judged))}).`;
}
