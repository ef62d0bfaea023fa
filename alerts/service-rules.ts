import { rowsOf } from '../dialects/dialect.ts';
import type { Profile } from '../slo/profile.ts';
import { budgetGroups, burnAlerts, type LeftOutPair, pairsFor } from './burn-rate.ts';
import { documentedGroups } from './documented.ts';
import { promDuration } from './duration.ts';
import { type Context, type Health, healthAlerts } from './health.ts';
import type { Scopes, Watched } from './indicator.ts';
import { objectivesOf, type Unwatched } from './objectives.ts';
import type { Alert, RuleGroup } from './rules.ts';
import type { Values } from './values.ts';
import { watchdog } from './watchdog.ts';
import { baseWindowMs, evaluationMs } from './windows.ts';

/** What watches one service: its rules, and what of its profile they leave out. */
export interface ServiceRules {
  readonly groups: readonly RuleGroup[];
  readonly unwatched: readonly Unwatched[];
  readonly leftOutPairs: readonly LeftOutPair[];
  /** Health alerts that nothing watched shows, with the signals that they lack. */
  readonly withoutSignal: readonly { alert: string; lacks: readonly string[] }[];
}

/** Everything that watches a profile's service through the metrics of its dialects. Pure. */
export function serviceRules(profile: Profile, watched: Watched, values: Values): ServiceRules {
  const scopes = scopesOf(values);
  const range = promDuration(baseWindowMs);
  const { budgeted, unwatched } = objectivesOf(profile, watched, scopes, range);
  const context: Context = { profile: profile.id, watched, scopes, budgeted, values };
  const health = healthAlerts.map((one) => ({ one, alert: made(one, context) }));
  const groups: RuleGroup[] = [
    ...budgetGroups(profile.id, budgeted),
    burnAlerts(profile.id, budgeted, values.leastBadRequests),
    ...documentedGroups(profile.id, watched, scopes),
    {
      name: `${profile.id}-health`,
      intervalMs: evaluationMs,
      records: [],
      alerts: health.flatMap(({ alert }) => alert ?? []),
    },
    { name: 'watchdog', intervalMs: evaluationMs, records: [], alerts: [watchdog] },
  ];
  return {
    groups: groups
      .map((group) => labelled(group, profile.id))
      .filter(({ records, alerts }) => records.length + alerts.length > 0),
    unwatched,
    leftOutPairs: budgeted.flatMap(({ slo, budget }) =>
      pairsFor({ budget }).leftOut.map((window) => ({ slo, window })),
    ),
    withoutSignal: health.flatMap(({ one, alert }) =>
      alert === undefined ? { alert: one.alert, lacks: lacking(one, watched) } : [],
    ),
  };
}

/** Everything but the Watchdog says whose it is. */
function labelled(group: RuleGroup, profile: string): RuleGroup {
  const alerts = group.alerts.map((alert) =>
    alert === watchdog ? alert : { ...alert, labels: { ...alert.labels, profile } },
  );
  return { ...group, alerts };
}

function scopesOf({ by, jobs }: Values): Scopes {
  const of = (job: string) => ({ by, where: [['job', '=', job] as const] });
  return {
    server: of(jobs.server),
    balancer: {
      by,
      where: [
        ...of(jobs.balancer ?? jobs.server).where,
        ...(jobs.balancerProxies === undefined
          ? []
          : [['proxy', '=~', jobs.balancerProxies] as const]),
      ],
    },
    gpu: of(jobs.gpu ?? jobs.server),
  };
}

function made({ expr, needs: _, runbook, ...rest }: Health, context: Context): Alert | undefined {
  const expression = expr(context);
  return expression === undefined
    ? undefined
    : {
        ...rest,
        expr: expression,
        runbook: { ...runbook, confirm: runbook.confirm ?? expression },
      };
}

function lacking({ needs }: Health, { server, balancer, gpu }: Watched): string[] {
  return needs.filter((signal) =>
    [server, balancer, gpu].every(
      (dialect) => dialect === undefined || rowsOf(dialect, signal).length === 0,
    ),
  );
}
