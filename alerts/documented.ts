import { rowsOf } from '../dialects/dialect.ts';
import { promDuration } from './duration.ts';
import type { Scopes, Watched } from './indicator.ts';
import { histogram, numeral, risen } from './promql.ts';
import type { Alert, RuleGroup, Runbook, Severity } from './rules.ts';

const minute = 60_000;

/** An alert as a document has it: what is above which limit, in how many windows in a row. */
type Documented = {
  /** The target that asks for it. */
  readonly target: string;
  readonly alert: string;
  readonly severity: Severity;
  readonly windows: number;
  readonly windowMs: number;
} & ({ readonly quantile: number; readonly aboveMs: number } | { readonly errorsAbove: number });

const twoOfFive = { windows: 2, windowMs: 5 * minute } as const;

/** The documents' own alerts, by profile. */
export const documentedAlerts: Readonly<Record<string, readonly Documented[]>> = {
  'mlops-aks': [
    {
      target: 'AK-ALERT-1',
      alert: 'LatencyP95High',
      severity: '2',
      ...twoOfFive,
      quantile: 0.95,
      aboveMs: 200,
    },
    {
      target: 'AK-ALERT-2',
      alert: 'LatencyP99High',
      severity: '3',
      ...twoOfFive,
      quantile: 0.99,
      aboveMs: 500,
    },
    {
      target: 'AK-ALERT-3',
      alert: 'ErrorRateHigh',
      severity: '1',
      ...twoOfFive,
      errorsAbove: 0.01,
    },
  ],
};

/**
 * The windows tumble: a group that is evaluated once a window looks back over just that window, and `for` of the windows between the first
 * and the last makes it wait for the next ones. One bad window never fires, whatever its phase. Sliding windows would fire on one burst.
 */
export function documentedGroups(profile: string, watched: Watched, scopes: Scopes): RuleGroup[] {
  const all = documentedAlerts[profile] ?? [];
  const byWindow = Map.groupBy(all, ({ windowMs }) => windowMs);
  return [...byWindow].map(([windowMs, some]) => ({
    name: `${profile}-documented`,
    intervalMs: windowMs,
    records: [],
    alerts: some.flatMap((one) => documentedAlert(one, watched, scopes) ?? []),
  }));
}

function documentedAlert(one: Documented, { server }: Watched, scopes: Scopes): Alert | undefined {
  const { alert, severity, windows, windowMs, target } = one;
  const range = promDuration(windowMs);
  const facts = {
    alert,
    severity,
    forMs: (windows - 1) * windowMs,
    labels: { target },
  };
  if ('quantile' in one) {
    const [row] = rowsOf(server, 'duration');
    if (row === undefined) return undefined;
    const name = `p${numeral(one.quantile * 100)}`;
    const quantile = histogram(server, row, scopes.server, range).quantile(one.quantile);
    return {
      ...facts,
      expr: `(${quantile})\n> ${numeral(one.aboveMs / 1000)}`,
      summary: `${name} of latency is {{ $value | humanizeDuration }} on {{ $labels.job }}, above ${one.aboveMs} ms in ${windows} windows of 5 minutes in a row (${target}).`,
      runbook: latencyRunbook(name, one.aboveMs, quantile),
    };
  }
  const [requests, errors] = [rowsOf(server, 'requests'), rowsOf(server, 'errors')];
  if (requests.length === 0 || errors.length === 0) return undefined;
  const share = `(${risen(server, errors, scopes.server, range)})\n/\n(${risen(server, requests, scopes.server, range)})`;
  return {
    ...facts,
    expr: `${share}\n> ${numeral(one.errorsAbove)}`,
    summary: `{{ $value | humanizePercentage }} of requests fail on {{ $labels.job }}, above ${numeral(one.errorsAbove * 100)} % in ${windows} windows of 5 minutes in a row (${target}).`,
    runbook: errorsRunbook(one.errorsAbove, share),
  };
}

const boundary =
  'A burst shorter than a window fires too where it lies across the boundary of two and spoils both.';

function latencyRunbook(name: string, aboveMs: number, confirm: string): Runbook {
  return {
    means: `${name} of latency was above ${aboveMs} ms in two five-minute windows in a row. ${boundary}`,
    impact: 'Some users wait longer than they were promised.',
    confirm,
    causes: [
      'More traffic than the replicas can take: the queue grows.',
      'One replica that is slow: a hot GPU, a neighbour, a stalled process.',
      'Fewer cache hits than usual, so that more requests reach the model.',
      'A new version of the model that takes longer.',
    ],
    actions: [
      'Compare replicas, and the queue, before and after it began.',
      'Take a slow replica out of the balancer, or add replicas.',
      'Roll back a version that was released when it began.',
    ],
  };
}

function errorsRunbook(above: number, confirm: string): Runbook {
  return {
    means: `More than ${numeral(above * 100)} % of requests failed in two five-minute windows in a row. ${boundary}`,
    impact: 'Users get errors.',
    confirm,
    causes: [
      'A release that answers requests wrongly, or refuses what it took before.',
      'One replica that fails: its model did not load, its GPU has an error.',
      'A client that sends what the service refuses: look at the statuses.',
      'Something that the service depends on is away.',
    ],
    actions: [
      'Look at statuses and replicas of the failures.',
      'Take a replica that fails alone out of the balancer.',
      'Roll back what was released when it began.',
    ],
  };
}
