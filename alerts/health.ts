import { rowsOf } from '../dialects/dialect.ts';
import type { Signal } from '../dialects/signals.ts';
import { recorded } from './burn-rate.ts';
import { promDuration } from './duration.ts';
import type { Scopes, Watched } from './indicator.ts';
import type { Budgeted } from './objectives.ts';
import { matchers, numeral, risen, type Scope, values } from './promql.ts';
import type { Alert, Runbook } from './rules.ts';
import type { Values } from './values.ts';

const minute = 60_000;

/** What a health alert is made of. */
export interface Context {
  readonly profile: string;
  readonly watched: Watched;
  readonly scopes: Scopes;
  readonly budgeted: readonly Budgeted[];
  readonly values: Values;
}

/** An alert of the service's health; `expr` is undefined where nothing watched shows it. */
export interface Health extends Omit<Alert, 'expr' | 'runbook'> {
  readonly expr: (context: Context) => string | undefined;
  /** Signals without which there is none. */
  readonly needs: readonly Signal[];
  readonly runbook: Omit<Runbook, 'confirm'> & { readonly confirm?: string };
}

/** XID errors after which a GPU needs more than a restart of its process. Source: NVIDIA, "XID Errors", the table of common ones. */
const severeXids = [48, 63, 64, 74, 79, 94, 95, 119, 120];

const gauge = (context: Context, of: 'server' | 'gpu' | 'balancer', signal: Signal) => {
  const dialect = dialectOf(context.watched, of);
  const [row] = dialect === undefined ? [] : rowsOf(dialect, signal);
  if (dialect === undefined || row === undefined) return undefined;
  return { expr: values(dialect, row, context.scopes[of]), unit: row.unit };
};

function dialectOf(watched: Watched, of: 'server' | 'gpu' | 'balancer') {
  // A server may show its own GPU.
  if (of === 'gpu') return watched.gpu ?? watched.server;
  return watched[of];
}

const upOf = ({ where }: Scope) => `up${matchers(where)}`;

/** An XID that was not there before: the gauge keeps the last one for ever, and a new label is a new series. */
function xidRaised(context: Context, which: string): string | undefined {
  const found = gauge(context, 'gpu', 'gpuXid');
  if (found === undefined) return undefined;
  const { expr } = found;
  const range = promDuration(10 * minute);
  return `(${which.replaceAll('XID', expr)})\nand\n(changes(${expr}[${range}]) > 0 or (${expr} unless ${expr} offset ${range}))`;
}

const severe = severeXids.map((xid) => `XID == ${xid}`).join(' or ');

/** Every alert of health, most urgent first within each kind. */
export const healthAlerts: readonly Health[] = [
  {
    alert: 'ReplicaDown',
    needs: [],
    severity: '2',
    forMs: minute,
    expr: ({ scopes }) => `${upOf(scopes.server)} == 0`,
    summary: '{{ $labels.instance }} of {{ $labels.job }} has answered no scrape for a minute.',
    runbook: {
      means: 'Prometheus knows of the replica and cannot read its metrics.',
      impact:
        'The others take its traffic, as long as they can. What is in flight on it may be lost.',
      causes: [
        'The process ended or hangs.',
        'Its host or its network is away.',
        'Its metrics take longer than a scrape may.',
      ],
      actions: [
        'See whether the balancer has taken it out, too.',
        'Read the end of its log, and keep it.',
        'Restart it.',
      ],
    },
  },
  {
    alert: 'ReplicasMissing',
    needs: [],
    severity: '1',
    forMs: 5 * minute,
    expr: ({ scopes, values: { limits } }) =>
      `sum by (${scopes.server.by.join(', ')}) (${upOf(scopes.server)}) < ${limits.replicas}`,
    summary: 'Only {{ $value }} replicas of {{ $labels.job }} answer, for 5 minutes.',
    runbook: {
      means: 'Fewer replicas answer scrapes than the service is to have at least.',
      impact: 'The loss of one more may be the loss of the service.',
      causes: [
        'Replicas ended, and nothing starts others.',
        'A release that does not become ready.',
      ],
      actions: ['See which are down, and why: ReplicaDown names them.', 'Start others.'],
    },
  },
  {
    alert: 'ReplicasVanished',
    needs: [],
    severity: '1',
    forMs: 5 * minute,
    expr: ({ scopes }) => `absent(${upOf(scopes.server)})`,
    summary: 'Prometheus has known of no replica of {{ $labels.job }} for 5 minutes.',
    runbook: {
      means:
        'No target of the job is left, not even one that is down: `up == 0` would say nothing.',
      impact: 'Nobody would hear of a failure of the service: all other alerts of it are blind.',
      causes: [
        'The service was removed, renamed or scaled to nothing.',
        'Service discovery finds nothing: labels, port names, permissions.',
      ],
      actions: [
        'Look at the targets of Prometheus.',
        'Compare the labels that the scrape job asks for.',
      ],
    },
  },
  {
    alert: 'MetricsAbsent',
    needs: ['requests'],
    severity: '3',
    forMs: 10 * minute,
    expr: (context) => {
      const found = gauge(context, 'server', 'requests');
      return (
        found && `${upOf(context.scopes.server)} == 1 unless on (job, instance) (${found.expr})`
      );
    },
    summary: '{{ $labels.instance }} of {{ $labels.job }} answers scrapes, and counts no requests.',
    runbook: {
      means: 'The page of metrics is there, and the counter of requests is not in it.',
      impact: 'Alerts and dashboards know nothing of this replica.',
      causes: [
        'A new version calls it otherwise: compare with the dialect.',
        'Metrics are switched off, or have no series before the first request.',
        'Names were escaped on the way (`escaping=values`), which the rules do not read.',
      ],
      actions: ['Open the page of metrics, and look for the names of the dialect.'],
    },
  },
  {
    alert: 'ObjectiveUnseen',
    needs: [],
    severity: '3',
    forMs: 15 * minute,
    expr: ({ budgeted, profile }) =>
      budgeted.length === 0
        ? undefined
        : budgeted
            .map(({ slo }) => `absent(${recorded.requests}{profile="${profile}",slo="${slo}"})`)
            .join('\nor\n'),
    summary: 'Nothing is counted for {{ $labels.slo }} of {{ $labels.profile }}, for 15 minutes.',
    runbook: {
      means: 'The expressions of an objective match no series.',
      impact: 'Its error budget alerts can never fire.',
      causes: ['The metric was renamed or is gone.', 'No replica is scraped.'],
      actions: [
        'Run the expression of the recording rule by hand, and take it apart from the inside.',
      ],
    },
  },
  {
    alert: 'ObjectiveContradicts',
    needs: [],
    severity: '3',
    forMs: 5 * minute,
    // Rounding of rates is no contradiction.
    expr: ({ budgeted, profile }) =>
      budgeted.length === 0
        ? undefined
        : `${recorded.bad}{profile="${profile}"} < -1\nor\n${recorded.bad}{profile="${profile}"} > ${recorded.requests}{profile="${profile}"} * 1.01 + 1`,
    summary: 'More requests of {{ $labels.slo }} were good, or bad, than there were at all.',
    runbook: {
      means:
        'The parts of an objective do not belong together: bad ones are fewer than none, or more than all.',
      impact: 'Its share of bad requests is wrong, whatever it says.',
      causes: [
        'Two metrics that count different things: before and behind a cache, or with and without refusals.',
        'A histogram whose buckets are not those of its count.',
      ],
      actions: ['Compare the two expressions of the recording rules by hand.'],
    },
  },
  {
    alert: 'GpuXidSevere',
    needs: ['gpuXid'],
    severity: '1',
    expr: (context) => xidRaised(context, severe),
    summary:
      'GPU {{ $labels.gpu }} of {{ $labels.instance }} reports XID {{ $value }}, after which it needs a reset or a technician.',
    runbook: {
      means:
        'The driver reported an error of the GPU itself: memory, link, or the GPU is no longer there.',
      impact: 'Work on this GPU fails or gives wrong results until it is reset or replaced.',
      causes: ['Hardware.', 'Power or temperature.', 'The driver or its firmware.'],
      actions: [
        'Take the node out of service.',
        'Look the number up in the vendor’s list of XIDs.',
        'Reset the GPU; if it comes again, have it replaced.',
      ],
    },
  },
  {
    alert: 'GpuXidNoted',
    needs: ['gpuXid'],
    severity: '3',
    expr: (context) => xidRaised(context, `XID > 0\nunless (${severe})`),
    summary: 'GPU {{ $labels.gpu }} of {{ $labels.instance }} reports XID {{ $value }}.',
    runbook: {
      means: 'The driver reported an error that a program can cause, too.',
      impact: 'The program that met it ended or lost work; the GPU goes on.',
      causes: [
        'A program that reads beyond its memory.',
        'A process that was ended.',
        'Rarely, hardware.',
      ],
      actions: [
        'Look the number up in the vendor’s list of XIDs.',
        'See whether the same program meets it again elsewhere.',
      ],
    },
  },
  {
    alert: 'GpuHot',
    needs: ['gpuTemperature'],
    severity: '2',
    forMs: 5 * minute,
    expr: (context) => {
      const found = gauge(context, 'gpu', 'gpuTemperature');
      return found && `${found.expr} > ${context.values.limits.gpuCelsius}`;
    },
    summary:
      'GPU {{ $labels.gpu }} of {{ $labels.instance }} is at {{ $value }} °C, for 5 minutes.',
    runbook: {
      means: 'The GPU is near the temperature at which it slows itself down.',
      impact: 'Requests take longer once it throttles.',
      causes: [
        'Cooling: fans, filters, air that is too warm.',
        'More load than the chassis can cool.',
      ],
      actions: ['Compare with its neighbours.', 'Move load away; have the cooling looked at.'],
    },
  },
  {
    alert: 'GpuMemoryFull',
    needs: ['gpuMemoryUsed', 'gpuMemoryFree'],
    severity: '3',
    forMs: 10 * minute,
    expr: (context) => {
      const used = gauge(context, 'gpu', 'gpuMemoryUsed');
      const free = gauge(context, 'gpu', 'gpuMemoryFree');
      if (used === undefined || free === undefined) return undefined;
      return `${used.expr} / (${used.expr} + ${free.expr}) > ${numeral(context.values.limits.gpuMemoryShare)}`;
    },
    summary:
      '{{ $value | humanizePercentage }} of the memory of GPU {{ $labels.gpu }} of {{ $labels.instance }} is in use, for 10 minutes.',
    runbook: {
      means: 'Little of the GPU’s memory is free.',
      impact: 'The next allocation may fail: a larger batch, a longer prompt, another model.',
      causes: [
        'A server that takes all of it on purpose: raise the limit in the values then.',
        'A leak.',
        'More models than fit.',
      ],
      actions: ['See whether it grows.', 'Unload a model, or restart the replica.'],
    },
  },
  {
    alert: 'QueueLong',
    needs: ['queueDepth'],
    severity: '3',
    forMs: 5 * minute,
    expr: (context) => {
      const found = gauge(context, 'server', 'queueDepth');
      if (found === undefined) return undefined;
      return `sum by (${context.scopes.server.by.join(', ')}) (${found.expr}) > ${context.values.limits.queueDepth}`;
    },
    summary: '{{ $value }} requests wait on {{ $labels.job }}, for 5 minutes.',
    runbook: {
      means: 'Requests come faster than the replicas answer them.',
      impact: 'Everything takes longer by the time in the queue, and in the end is refused.',
      causes: ['More traffic.', 'Slower replicas, or fewer.', 'Longer requests.'],
      actions: [
        'Add replicas.',
        'Look for a replica that is slow alone.',
        'Have the gateway limit clients.',
      ],
    },
  },
  {
    alert: 'CacheHitRateLow',
    needs: ['cacheHits', 'cacheLookups'],
    severity: '3',
    forMs: 15 * minute,
    expr: (context) => {
      const share = cacheShare(context);
      return share && `${share} < ${numeral(context.values.limits.cacheHitShare)}`;
    },
    summary:
      'Only {{ $value | humanizePercentage }} of lookups in the cache of {{ $labels.job }} find something, for 15 minutes.',
    runbook: {
      means: 'Few lookups find something.',
      impact: 'More requests reach the model: latency and load rise.',
      causes: [
        'The cache was emptied, or is too small.',
        'The cache is away: lookups are skipped.',
        'Traffic that does not repeat.',
      ],
      actions: ['See whether the cache answers.', 'Compare its memory with its limit.'],
    },
  },
  {
    alert: 'KvCacheFull',
    needs: ['kvCacheUsage'],
    severity: '3',
    forMs: 5 * minute,
    expr: (context) => {
      const found = gauge(context, 'server', 'kvCacheUsage');
      return found && `${found.expr} > ${numeral(context.values.limits.kvCacheShare)}`;
    },
    summary:
      '{{ $value | humanizePercentage }} of the KV cache of {{ $labels.instance }} is in use, for 5 minutes.',
    runbook: {
      means: 'The cache of attention keys and values is nearly full.',
      impact: 'Sequences wait or are preempted and computed again.',
      causes: ['Long prompts or answers.', 'More sequences at once than fit.'],
      actions: ['Limit sequences or their length.', 'Add replicas.'],
    },
  },
  {
    alert: 'BalancerWithoutServers',
    needs: ['balancerServersUp'],
    severity: '1',
    forMs: minute,
    expr: (context) => {
      const found = gauge(context, 'balancer', 'balancerServersUp');
      return found && `sum by (${context.scopes.balancer.by.join(', ')}) (${found.expr}) == 0`;
    },
    summary: 'The balancer {{ $labels.job }} has had no server to send to for a minute.',
    runbook: {
      means: 'No replica passes the balancer’s health check.',
      impact: 'Every request is refused with 503.',
      causes: [
        'All replicas are down or not ready.',
        'The health check asks for what the replicas do not answer.',
      ],
      actions: ['Ask a replica for its health check by hand.', 'Roll back what was released last.'],
    },
  },
  {
    alert: 'RulesFail',
    needs: [],
    severity: '3',
    expr: ({ values: { jobs } }) => {
      const range = promDuration(5 * minute);
      return `increase(prometheus_rule_evaluation_failures_total{job="${jobs.prometheus}"}[${range}]) > 0\nor\nincrease(prometheus_rule_group_iterations_missed_total{job="${jobs.prometheus}"}[${range}]) > 0`;
    },
    summary: 'Rules of group {{ $labels.rule_group }} fail or are late on {{ $labels.instance }}.',
    runbook: {
      means: 'Prometheus could not evaluate rules, or not in time.',
      impact: 'Alerts may not fire.',
      causes: ['Series that match twice.', 'Rules that cost more than their interval.'],
      actions: ['Open the page of rules: it names the error.', 'Look at the evaluation times.'],
    },
  },
  {
    alert: 'ScrapesRefused',
    needs: [],
    severity: '3',
    forMs: 10 * minute,
    expr: ({ values: { jobs } }) => {
      const range = promDuration(10 * minute);
      const names = [
        'sample_out_of_order',
        'sample_duplicate_timestamp',
        'exceeded_sample_limit',
        'exceeded_body_size_limit',
      ];
      return names
        .map(
          (name) =>
            `increase(prometheus_target_scrapes_${name}_total{job="${jobs.prometheus}"}[${range}]) > 0`,
        )
        .join('\nor\n');
    },
    summary: '{{ $labels.instance }} throws away samples that it scraped.',
    runbook: {
      means: 'Prometheus reads pages of metrics and does not keep all of them.',
      impact: 'Counts are too low.',
      causes: ['Two targets that give the same series.', 'A page that grew beyond a limit.'],
      actions: ['Read Prometheus’s log, which names the target.'],
    },
  },
];

function cacheShare(context: Context): string | undefined {
  const { server } = context.watched;
  const range = promDuration(5 * minute);
  const [hits, lookups] = [rowsOf(server, 'cacheHits'), rowsOf(server, 'cacheLookups')];
  if (hits.length === 0 || lookups.length === 0) return undefined;
  const count = (rows: typeof hits) => risen(server, rows, context.scopes.server, range);
  return `(${count(hits)})\n/\n((${count(lookups)}) > 0)`;
}
