import { type ComponentChild, type ComponentChildren, h } from 'preact';
import type { Arrivals, Objective } from '../../slo/profile.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import { count, duration, integer, milliseconds, percent, significant } from '../format.ts';
import { failures, type ScenarioSummary } from '../summarise.ts';
import { isDecided, objectiveWords, quantileName, scenarioWords } from '../wording.ts';
import {
  distributionChart,
  failedShare,
  failureKinds,
  latencyBins,
  latencyOverTimeChart,
  missShare,
  percentiles,
  rateChart,
  shareChart,
  slowerThanChart,
} from './charts.ts';
import { dataTable, facts, figure, type LegendEntry } from './elements.ts';

const tableQuantiles = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const limitEntry: LegendEntry = { name: 'documented limit', swatch: 'limit' };

/** The objectives that were decided on one scenario. `scenario` is qualified with its profile's id. */
export function objectivesOf(verdicts: RunVerdicts, scenario: string): Objective[] {
  return verdicts.profiles.flatMap((profile) =>
    profile.targets
      .filter(isDecided)
      .flatMap((target) => target.objectives.map(({ objective }) => objective))
      .filter((objective) => `${profile.id}/${objective.scenario}` === scenario),
  );
}

/** Everything seen of one scenario. */
export function scenarioSection(
  summary: ScenarioSummary,
  record: ScenarioRecord | undefined,
  verdicts: RunVerdicts,
  index: number,
): ComponentChild {
  const id = `scenario-${index + 1}`;
  const objectives = objectivesOf(verdicts, summary.name);
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title`, class: 'scenario' },
    h(
      'h3',
      { id: `${id}-title` },
      summary.name,
      ' ',
      verdicts.simulated ? h('span', { class: 'tag simulated' }, 'simulated GPU') : null,
    ),
    h('p', { class: 'lede' }, trafficWords(record), ' ', `${scenarioWords(summary)}.`),
    summary.judged === 0 && summary.buckets.length === 0
      ? h('p', { class: 'empty' }, 'No request of this scenario was recorded.')
      : [h('div', { class: 'charts' }, charts(summary, objectives)), replicaTable(summary), details(summary)],
  );
}

function charts(summary: ScenarioSummary, objectives: Objective[]): ComponentChild[] {
  const limits = objectives.filter((objective) => objective.indicator === 'latency');
  const limitWords =
    limits.length === 0 ? 'No latency limit is documented for it.' : `Limits: ${limits.map(objectiveWords).join(', ')}.`;
  const errors = objectives.filter((objective) => 'maxShare' in objective && objective.indicator !== 'cache-misses');
  const misses = objectives.filter((objective) => objective.indicator === 'cache-misses');
  const asked = summary.cache.hits + summary.cache.misses;
  const withLimit = (entries: LegendEntry[], has: boolean) => (has ? [...entries, limitEntry] : entries);
  const { total } = summary.latency;
  const pictures: ComponentChild[] = [];
  if (total > 0) {
    pictures.push(
      figure(
        'Latency distribution',
        `${quantileWords(summary)}. ${limitWords}`,
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
      latencyOverTimeChart(summary, objectives),
      withLimit(
        [
          { name: 'p50', swatch: 'p50' },
          { name: 'p95', swatch: 'p95' },
          { name: 'p99', swatch: 'p99' },
          ...(summary.buckets.some((bucket) => bucket.latency.total > 0 && bucket.latency.quantileMs(0.99) === null)
            ? [{ name: 'p99 was not answered', swatch: 'unanswered' as const }]
            : []),
        ],
        limits.length > 0,
      ),
    ),
    figure('Requests per second', rateWords(summary), rateChart(summary), [
      { name: 'requests, by intended start', swatch: 'p50' },
    ]),
    failures(summary.counts.judged) + failures(summary.counts.warmup) === 0
      ? calmFigure(
          'Failed requests over time',
          `None of the ${integer(summary.judged)} judged requests failed, and none in the warm-up.`,
        )
      : figure(
          'Failed requests over time',
          errorWords(summary),
          shareChart(summary, errors, failedShare),
          withLimit([{ name: 'share that failed', swatch: 'bad' }], errors.length > 0),
        ),
  );
  if (asked > 0) {
    pictures.push(
      figure(
        'Cache misses over time',
        `${integer(summary.cache.hits)} hits, ${integer(summary.cache.misses)} misses (${percent(summary.cache.hits / asked)} hits), first requests of each payload included.`,
        shareChart(summary, misses, missShare),
        withLimit([{ name: 'share that missed', swatch: 'bad' }], misses.length > 0),
      ),
    );
  }
  return pictures;
}

function calmFigure(title: string, words: string): ComponentChild {
  return h(
    'figure',
    { class: 'calm' },
    h('figcaption', null, h('h4', null, title)),
    h('p', null, h('span', { 'aria-hidden': 'true' }, '✓ '), words),
  );
}

function replicaTable(summary: ScenarioSummary): ComponentChild {
  const most = Math.max(1, ...summary.replicas.map(({ requests }) => requests));
  const cached = summary.cache.hits + summary.cache.misses > 0;
  return dataTable(
    'Replicas (judged requests)',
    [
      { title: 'Replica' },
      { title: 'Requests', numeric: true },
      { title: 'Share' },
      { title: 'Failed', numeric: true },
      ...(cached ? [{ title: 'Cache hits', numeric: true }] : []),
      ...percentiles.map((quantile) => ({ title: quantileName(quantile), numeric: true })),
    ],
    summary.replicas.map(({ replica, requests, failed, hits, latency }) => [
      replica ?? 'none named',
      integer(requests),
      h(
        'span',
        { class: 'bar' },
        h('span', { style: { width: `${((100 * requests) / most).toFixed(1)}%` } }),
        h('span', null, percent(requests / Math.max(1, summary.judged))),
      ),
      integer(failed),
      ...(cached ? [integer(hits)] : []),
      ...percentiles.map((quantile) => orDash(latency.quantileMs(quantile))),
    ]),
  );
}

function details(summary: ScenarioSummary): ComponentChild[] {
  const distribution = dataTable(
    'Latency distribution of judged requests',
    [{ title: 'From' }, { title: 'To', numeric: true }, { title: 'Requests', numeric: true }],
    latencyBins(summary).map(({ fromMs, toMs, count }) => [milliseconds(fromMs), milliseconds(toMs), integer(count)]),
  );
  const quantiles = dataTable(
    'Percentiles of judged requests, failed ones counted as slowest',
    [{ title: 'Percentile' }, { title: 'Latency', numeric: true }],
    [
      ...tableQuantiles.map((quantile) => [quantileName(quantile), orDash(summary.latency.quantileMs(quantile))]),
      ['slowest answer', orDash(summary.latency.maxMs)],
    ],
  );
  const endings = dataTable(
    'How requests ended',
    [{ title: 'Ending' }, { title: 'Warm-up', numeric: true }, { title: 'Judged', numeric: true }],
    Object.entries(summary.counts.judged).map(([outcome, judged]) => [
      outcome,
      integer(summary.counts.warmup[outcome as keyof typeof summary.counts.warmup]),
      integer(judged),
    ]),
  );
  const overTime = dataTable(
    `Over time, in steps of ${duration(summary.widthMs)}, warm-up included`,
    [
      { title: 'From' },
      ...['Requests', 'Failed', 'Cache hits', ...percentiles.map(quantileName)].map((title) => ({ title, numeric: true })),
    ],
    summary.buckets.map((bucket) => [
      duration(bucket.atMs),
      integer(bucket.requests),
      integer(failures(bucket.outcomes)),
      bucket.hits + bucket.misses > 0 ? integer(bucket.hits) : '–',
      ...percentiles.map((quantile) => (bucket.latency.total === 0 ? '–' : orDash(bucket.latency.quantileMs(quantile)))),
    ]),
  );
  return [
    disclosure('Figures: percentiles, distribution, endings, statuses', [
      h('div', { class: 'side-by-side' }, quantiles, endings, distribution),
      facts([
        ['Statuses', listed(summary.statuses)],
        ['Model versions', listed(summary.modelVersions)],
      ]),
    ]),
    disclosure('Figures over time', [overTime]),
  ];
}

export function disclosure(title: ComponentChildren, children: ComponentChildren): ComponentChild {
  return h('details', null, h('summary', null, title), h('div', { class: 'inside' }, children));
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, value]) => `${name}: ${integer(value)}`).join(', ') || 'none named';
}

function orDash(ms: number | null): string {
  return ms === null ? 'not answered' : milliseconds(ms);
}

function quantileWords(summary: ScenarioSummary): string {
  return tableQuantiles.map((quantile) => `${quantileName(quantile)} ${orDash(summary.latency.quantileMs(quantile))}`).join(', ');
}

function bucketWords(summary: ScenarioSummary): string {
  const judged = summary.buckets.filter((bucket) => bucket.atMs >= (summary.judgedFromMs ?? 0));
  const worst = judged.reduce<number | null>((most, { latency, requests }) => {
    const ms = latency.quantileMs(0.99);
    if (requests === 0 || most === null || latency.total === 0) return most;
    return ms === null ? null : Math.max(most, ms);
  }, 0);
  return `Percentiles of each ${duration(summary.widthMs)}; the worst p99 of the judged load was ${orDash(worst)}.`;
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
  const kinds = failureKinds(summary)
    .map(([outcome, value]) => `${integer(value)} ${outcome}`)
    .join(', ');
  return `${count(failed, 'judged request')} failed (${percent(failed / Math.max(1, summary.judged))})${kinds === '' ? '' : `: ${kinds}`}.`;
}

function trafficWords(record: ScenarioRecord | undefined): string {
  if (record === undefined) return 'This scenario is not in run.json.';
  const { api, model, payloads, arrivals } = record.scenario;
  const bodies = payloads.kind === 'unique' ? 'no payload sent twice' : `${payloads.distinct} payloads sent over and over`;
  return `${arrivalWords(arrivals)}; ${bodies}; ${api}, model ${model}.`;
}

function arrivalWords(arrivals: Arrivals): string {
  switch (arrivals.shape) {
    case 'constant':
      return `${significant(arrivals.perSecond)} requests/s at a constant rate`;
    case 'poisson':
      return `${significant(arrivals.perSecond)} requests/s with Poisson arrivals`;
    case 'ramp':
      return `${significant(arrivals.fromPerSecond)} to ${significant(arrivals.toPerSecond)} requests/s`;
    case 'closed':
      return `${count(arrivals.concurrency, 'client')}, each waiting for its answer`;
  }
}
