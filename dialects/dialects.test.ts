import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseMetricsText } from '../evidence/metrics-text.ts';
import { type Dialect, isLack, type Matcher, type Row, rowsOf } from './dialect.ts';
import { dialects } from './index.ts';
import { type Signal, signalNames, signals } from './signals.ts';
import { edgeSpellings, formsOf } from './stored.ts';

const pageOf = ({ name }: Dialect) =>
  readFileSync(join(import.meta.dirname, 'pages', `${name}.txt`), 'utf8');

/** Series of one metric on a page. */
function seriesOf(page: string, metric: string) {
  return parseMetricsText(page, new Set([metric])).map(({ labels, value }) => ({ labels, value }));
}

/** As Prometheus matches them: a regular expression has to match the whole value. */
function matches(labels: Readonly<Record<string, string>>, [label, is, wanted]: Matcher): boolean {
  const value = labels[label] ?? '';
  const holds = is.endsWith('~') ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
  return is.startsWith('!') ? !holds : holds;
}

const own = (row: Row) => (row.kind === 'histogram' ? `${row.metric}_bucket` : row.metric);

const rows = dialects.flatMap((dialect: Dialect) =>
  signalNames.flatMap((signal) =>
    rowsOf(dialect, signal).map((row) => ({ dialect, signal, row, name: dialect.name })),
  ),
);

describe('what a dialect says stands on the page of its server', () => {
  test.for(rows)('$name: $signal, $row.metric', ({ dialect, row }) => {
    const page = pageOf(dialect);
    const types = [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [
      name,
      kind,
    ]);
    if (row.sparse !== true || page.includes(`# TYPE ${row.metric} `))
      expect(types).toContainEqual([row.metric, row.kind]);
    const found = seriesOf(page, own(row)).filter(({ labels }) =>
      (row.where ?? []).every((matcher) => matches(labels, matcher)),
    );
    if (row.sparse === true) return;
    expect(found.length).toBeGreaterThan(0);
    for (const { labels } of found) {
      const names = Object.keys(labels).filter((name) => name !== 'le');
      expect(names.sort()).toEqual([...row.labels].sort());
    }
    if (row.kind !== 'histogram') return;
    const edges = new Set(
      found.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity'))),
    );
    expect([...edges].filter(Number.isFinite).sort((a, b) => a - b)).toEqual(row.edges);
  });
});

describe('every signal is shown, or it says why not', () => {
  const whose: Record<string, readonly (typeof signals)[Signal]['of'][]> = {
    haproxy: ['balancer'],
    dcgm: ['gpu'],
  };
  test.for(dialects)('$name', (dialect: Dialect) => {
    const asked = whose[dialect.name] ?? ['server'];
    const expected = signalNames.filter((signal) => asked.includes(signals[signal].of));
    expect(Object.keys(dialect.rows)).toEqual(expect.arrayContaining([...expected]));
    for (const shown of Object.values(dialect.rows))
      if (isLack(shown)) expect(shown.lacks).toMatch(/\w/);
      else expect(rowsOf({ ...dialect, rows: { requests: shown } }, 'requests')).not.toEqual([]);
  });
});

test('names are unique, and a page is there for each', () => {
  expect(new Set(dialects.map(({ name }) => name)).size).toBe(dialects.length);
});

describe('forms under which a metric may be stored', () => {
  const [, , vllm] = dialects;
  const [row] = rowsOf(vllm, 'duration');
  if (row === undefined) throw new Error('vLLM has a duration');

  test('as a client library writes them for each escaping that may be negotiated', () => {
    const names = formsOf(vllm, row).map(({ escaping, name }) => [
      escaping,
      name(`${row.metric}_bucket`),
    ]);
    // Seen of prometheus_client 0.26 for OpenMetrics and the text format.
    expect(names).toEqual([
      ['none', 'vllm:e2e_request_latency_seconds_bucket'],
      ['underscores', 'vllm_e2e_request_latency_seconds_bucket'],
      ['dots', 'vllm:e2e__request__latency__seconds__bucket'],
      ['dots', 'vllm__e2e__request__latency__seconds__bucket'],
    ]);
    expect(formsOf(vllm, row).map(({ label }) => label('model_name'))).toEqual([
      'model_name',
      'model_name',
      'model__name',
      'model__name',
    ]);
  });

  test('one form alone where the page is written one way', () => {
    const [mlopsAks] = dialects;
    expect(formsOf(mlopsAks, row)).toHaveLength(1);
  });

  test('whole edges in two spellings', () => {
    expect([0.2, 1, 10].map(edgeSpellings)).toEqual([['0.2'], ['1', '1.0'], ['10', '10.0']]);
  });
});
