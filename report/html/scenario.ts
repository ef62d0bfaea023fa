import { type ComponentChild, h } from 'preact';
import type { Arrivals } from '../../slo/profile.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import { failureSentence } from '../content/failures.ts';
import { count, duration, integer, milliseconds, percent, significant } from '../content/format.ts';
import { isDecided, rowsOf, type VerdictRow } from '../content/rows.ts';
import { failures, type ScenarioSummary } from '../content/summarise.ts';
import { orFailed, quantileName, scenarioWords } from '../content/wording.ts';
import { latencyBins, percentiles } from './charts.ts';
import { dataTable, disclosure, facts, simulatedTag } from './elements.ts';
import { scenarioCharts, tableQuantiles } from './scenario-charts.ts';
import { faultWords, timeMarks } from './time-marks.ts';

/** What was decided on one scenario, which is named with its profile's id. */
function rowsOn(verdicts: RunVerdicts, scenario: string): VerdictRow[] {
  return verdicts.profiles.flatMap((profile) =>
    profile.targets
      .filter(isDecided)
      .flatMap(rowsOf)
      .filter(
        ({ objective }) =>
          objective !== undefined && `${profile.id}/${objective.scenario}` === scenario,
      ),
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
  const rows = rowsOn(verdicts, summary.name);
  const marks = timeMarks(summary, record, rows);
  const faults = faultWords(marks);
  const failed = verdicts.failures.find(
    ({ profile, scenario }) => `${profile}/${scenario}` === summary.name,
  );
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('h3', { id: `${id}-title` }, summary.name, ' ', verdicts.simulated ? simulatedTag : null),
    h('p', null, trafficWords(record), ' ', `${scenarioWords(summary)}.`),
    failed === undefined ? null : h('p', null, failureSentence(failed)),
    faults.length === 0 ? null : h('p', null, `Faults switched on: ${faults.join('; ')}.`),
    summary.judged === 0 && summary.buckets.length === 0
      ? h('p', null, 'No request of this scenario was recorded.')
      : [
          h('div', { class: 'grid' }, scenarioCharts(summary, record, rows, marks)),
          replicaTable(summary),
          details(summary),
        ],
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
      [bar(requests / most), ' ', percent(requests / Math.max(1, summary.judged))],
      integer(failed),
      ...(cached ? [integer(hits)] : []),
      ...percentiles.map((quantile) => orFailed(latency.quantileMs(quantile))),
    ]),
  );
}

function bar(share: number): ComponentChild {
  const rect = h('rect', { fill: 'var(--p50)', width: (100 * share).toFixed(1), height: 12 });
  return h('svg', { width: 100, height: 12, 'aria-hidden': 'true' }, rect);
}

function details(summary: ScenarioSummary): ComponentChild[] {
  const distribution = dataTable(
    'Latency distribution of judged requests',
    [{ title: 'From' }, { title: 'To', numeric: true }, { title: 'Requests', numeric: true }],
    latencyBins(summary).map(({ fromMs, toMs, count }) => [
      milliseconds(fromMs),
      milliseconds(toMs),
      integer(count),
    ]),
  );
  const quantiles = dataTable(
    'Percentiles of judged requests, failed ones counted as slowest',
    [{ title: 'Percentile' }, { title: 'Latency', numeric: true }],
    [
      ...tableQuantiles.map((quantile) => [
        quantileName(quantile),
        orFailed(summary.latency.quantileMs(quantile)),
      ]),
      ['slowest answer', orFailed(summary.latency.maxMs)],
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
      ...['Requests', 'Failed', 'Cache hits', ...percentiles.map(quantileName)].map((title) => ({
        title,
        numeric: true,
      })),
    ],
    summary.buckets.map((bucket) => [
      duration(bucket.atMs),
      integer(bucket.requests),
      integer(failures(bucket.outcomes)),
      bucket.hits + bucket.misses > 0 ? integer(bucket.hits) : '–',
      ...percentiles.map((quantile) =>
        bucket.latency.total === 0 ? '–' : orFailed(bucket.latency.quantileMs(quantile)),
      ),
    ]),
  );
  return [
    disclosure('Figures: percentiles, distribution, endings, statuses', [
      h('div', { class: 'grid', style: '--least: 17rem' }, quantiles, endings, distribution),
      facts([
        ['Statuses', listed(statuses(summary))],
        ['Errors', listed(errors(summary))],
        ['Sent once more, on another connection', integer(summary.resent)],
        ['Model versions', listed(summary.modelVersions)],
      ]),
    ]),
    disclosure('Figures over time', [overTime]),
  ];
}

/** The most frequent first. */
function summed(endings: readonly [string, number][]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, requests] of endings) sums.set(name, (sums.get(name) ?? 0) + requests);
  return sums;
}

function statuses({ endings }: ScenarioSummary): ReadonlyMap<string, number> {
  return summed(
    endings
      .filter(({ outcome }) => outcome !== 'cut')
      .map(({ status, requests }) => [status === 0 ? 'no answer' : String(status), requests]),
  );
}

function errors({ endings }: ScenarioSummary): ReadonlyMap<string, number> {
  return summed(
    endings.flatMap(({ error, requests }): [string, number][] =>
      error === undefined ? [] : [[error, requests]],
    ),
  );
}

/** A list of more is no longer read. */
const mostListed = 32;

function listed(counts: ReadonlyMap<string, number>): string {
  const named = [...counts]
    .slice(0, mostListed)
    .map(([name, value]) => `${name}: ${integer(value)}`);
  const more = counts.size - named.length;
  return [...named, ...(more > 0 ? [`${integer(more)} more`] : [])].join(', ') || 'none named';
}

function trafficWords(record: ScenarioRecord | undefined): string {
  if (record === undefined) return 'This scenario is not in run.json.';
  const { api, model, payloads, arrivals } = record.scenario;
  const bodies =
    payloads.kind === 'unique'
      ? 'no payload sent twice'
      : `${payloads.distinct} payloads sent over and over`;
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
