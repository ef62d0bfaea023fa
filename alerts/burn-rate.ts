import { promDuration } from './duration.ts';
import type { Budgeted } from './objectives.ts';
import { numeral } from './promql.ts';
import type { Alert, RecordingRule, RuleGroup, Runbook } from './rules.ts';
import {
  type BurnWindow,
  baseWindowMs,
  budgetWindowMs,
  burnWindows,
  evaluationMs,
  slowEvaluationMs,
  steppedFromMs,
} from './windows.ts';

/** Names of the series that the rules record. They carry `slo` and `profile`, and what sums are told apart by. */
export const recorded = {
  requests: 'slo:requests:increase5m',
  bad: 'slo:bad_requests:increase5m',
  requestsIn: (windowMs: number) => `slo:requests:increase${promDuration(windowMs)}`,
  badShare: (windowMs: number) => `slo:bad_requests:ratio${promDuration(windowMs)}`,
  budgetLeft: 'slo:error_budget_left:ratio30d',
} as const;

/** A pair that this objective can never fire by: even if every request were bad. */
export interface LeftOutPair {
  readonly slo: string;
  readonly window: BurnWindow;
}

const atBudget = (burn: number, budget: number) => Number(numeral(burn * budget));

/** The pairs of windows that can fire for a budget, and those that cannot. */
export function pairsFor({ budget }: Pick<Budgeted, 'budget'>) {
  const canFire = ({ burn }: BurnWindow) => atBudget(burn, budget) < 1;
  return {
    used: burnWindows.filter(canFire),
    leftOut: burnWindows.filter((window) => !canFire(window)),
  };
}

const windowsMs = [
  ...new Set(burnWindows.flatMap(({ longMs, shortMs }) => [shortMs, longMs])),
].sort((a, b) => a - b);
const longWindowsMs = burnWindows.map(({ longMs }) => longMs);

/** What is counted, and what follows from it over each window. */
export function budgetGroups(profile: string, all: readonly Budgeted[]): RuleGroup[] {
  const mine = `{profile="${profile}"}`;
  const counts = all.flatMap(({ slo, indicator }): RecordingRule[] => [
    { record: recorded.requests, expr: indicator.total, labels: { slo, profile } },
    { record: recorded.bad, expr: indicator.bad, labels: { slo, profile } },
  ]);
  const quick = windowsMs.filter((window) => window < steppedFromMs);
  const slow = [...windowsMs.filter((window) => window >= steppedFromMs), budgetWindowMs];
  const shares = (windows: readonly number[]) =>
    windows.flatMap((window): RecordingRule[] => [
      ...(longWindowsMs.includes(window)
        ? [{ record: recorded.requestsIn(window), expr: over(recorded.requests, mine, window) }]
        : []),
      {
        record: recorded.badShare(window),
        expr: `${over(recorded.bad, mine, window)}\n/\n(${over(recorded.requests, mine, window)} > 0)`,
      },
    ]);
  const left = all.map(
    ({ slo, budget }): RecordingRule => ({
      record: recorded.budgetLeft,
      expr: `1 - ${recorded.badShare(budgetWindowMs)}{profile="${profile}",slo="${slo}"} / ${numeral(budget)}`,
      labels: { slo, profile },
    }),
  );
  return [
    {
      name: `${profile}-counts`,
      intervalMs: evaluationMs,
      records: [...counts, ...shares(quick)],
      alerts: [],
    },
    {
      name: `${profile}-budget`,
      intervalMs: slowEvaluationMs,
      records: [...shares(slow), ...left],
      alerts: [],
    },
  ];
}

/** A count over a window, from counts over the base window: as it is, their average, or their sum in steps. */
function over(metric: string, labels: string, windowMs: number): string {
  if (windowMs === baseWindowMs) return metric + labels;
  const window = promDuration(windowMs);
  const step = promDuration(baseWindowMs);
  return windowMs < steppedFromMs
    ? `avg_over_time(${metric}${labels}[${window}]) * ${numeral(windowMs / baseWindowMs)}`
    : `sum_over_time(${metric}${labels}[${window}:${step}])`;
}

/** One alert for each objective and pair of windows that can fire. */
export function burnAlerts(
  profile: string,
  all: readonly Budgeted[],
  leastBadRequests: number,
): RuleGroup {
  const alerts = all.flatMap((one) =>
    pairsFor(one).used.map((window) => burnAlert(profile, one, window, leastBadRequests)),
  );
  return { name: `${profile}-burn-rate`, intervalMs: evaluationMs, records: [], alerts };
}

export const burnAlertName = ({ longMs }: BurnWindow) => `ErrorBudgetBurn${promDuration(longMs)}`;

function burnAlert(
  profile: string,
  { slo, budget, target }: Budgeted,
  window: BurnWindow,
  leastBadRequests: number,
): Alert {
  const { burn, longMs, shortMs, tier } = window;
  const labels = `{profile="${profile}",slo="${slo}"}`;
  const limit = numeral(atBudget(burn, budget));
  // With less traffic the share hangs on a handful of requests.
  const enough = Math.ceil(Number(numeral(leastBadRequests / (burn * budget))));
  const long = promDuration(longMs);
  return {
    alert: burnAlertName(window),
    expr: [
      `${recorded.badShare(longMs)}${labels} > ${limit}`,
      `and ${recorded.badShare(shortMs)}${labels} > ${limit}`,
      `and ${recorded.requestsIn(longMs)}${labels} >= ${enough}`,
    ].join('\n'),
    severity: tier === 'page' ? '1' : '3',
    labels: { slo, tier, window: long },
    summary: `${slo} of ${profile}, job {{ $labels.job }}: {{ $value | humanizePercentage }} of the requests of ${long} were bad, where ${numeral(budget * 100)} % may be (fires at ${numeral(Number(limit) * 100)} %, ${burn} times the rate at which the budget lasts 30 days). Promised: ${target.statement}.`,
    runbook: burnRunbook(window),
  };
}

function burnRunbook({ burn, longMs, shortMs, tier }: BurnWindow): Runbook {
  const [long, short] = [promDuration(longMs), promDuration(shortMs)];
  return {
    means: `Over the last ${long}, and still over the last ${short}, requests were bad at more than ${burn} times the rate at which the error budget of 30 days would just last.`,
    impact:
      tier === 'page'
        ? 'Users notice now. At this rate the budget of a month is gone within days.'
        : 'Few users notice, but at this rate nothing is left of the budget at the end of the month.',
    confirm: `${recorded.badShare(longMs)} > 0`,
    causes: [
      'A release: a new version, model or setting of the last hours.',
      'One replica that fails or is slow, while the others are well.',
      'More traffic than the replicas can take: queues grow first.',
      'What the service depends on: cache, storage, network, GPU.',
    ],
    actions: [
      'See which objective burns (label `slo`), since when, and whether all replicas do.',
      'Roll back what was released last, if the times agree.',
      'Take a replica that alone is ill out of the balancer.',
      'Add replicas where queues grow and GPUs are busy.',
    ],
  };
}
