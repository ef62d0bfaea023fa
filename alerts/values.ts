import { z } from 'zod';

/** What a team sets once, in one file, so that nobody edits what is generated. */

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'letters, digits and underscores, not beginning with a digit');

/** Labels that the rules themselves set or sum by. */
export const ownLabels = [
  'slo',
  'profile',
  'severity',
  'tier',
  'window',
  'alertname',
  'le',
] as const;

const extraLabels = z.record(labelName, z.string().min(1)).superRefine((labels, context) => {
  for (const name of Object.keys(labels))
    if (ownLabels.some((own) => own === name))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `the rules set ${name} themselves; name it otherwise`,
      });
});

const seconds = z.number().positive();
const count = z.int().positive();

export const valuesSchema = z.strictObject({
  /** Of PrometheusRule objects. */
  namespace: z.string().min(1).default('monitoring'),
  /** Of PrometheusRule objects: what the operator's `ruleSelector` asks for. */
  ruleLabels: z.record(z.string(), z.string()).default({ release: 'prometheus' }),
  /** Of every alert. */
  alertLabels: extraLabels.default({}),
  /** Runbooks are below it, one by the name of each alert, ending in `.md`. */
  runbookUrl: z.url().default('https://example.com/runbooks'),
  /** Labels of targets that are told apart in every sum. */
  by: z.array(labelName).min(1).default(['job']),
  /** Scrape jobs: of the servers, of their GPUs where those have an exporter of their own, of the balancer, and of Prometheus itself. */
  jobs: z
    .strictObject({
      server: z.string().min(1).default('reference-server'),
      gpu: z.string().min(1).optional(),
      balancer: z.string().min(1).optional(),
      /** Names of the balancer's proxies that are the service's, as a regular expression; all where absent. */
      balancerProxies: z.string().min(1).optional(),
      prometheus: z.string().min(1).default('prometheus'),
    })
    .prefault({}),
  /** So many bad requests an error budget alert takes at least: what it takes of traffic follows. */
  leastBadRequests: count.default(10),
  /** Limits of the health alerts. */
  limits: z
    .strictObject({
      replicas: count.default(2),
      queueDepth: count.default(50),
      gpuCelsius: seconds.default(85),
      gpuMemoryShare: z.number().gt(0).lte(1).default(0.95),
      kvCacheShare: z.number().gt(0).lte(1).default(0.95),
      cacheHitShare: z.number().gt(0).lt(1).default(0.5),
    })
    .prefault({}),
  /** Where everything goes, as Alertmanager's own configuration has it. */
  receivers: z
    .strictObject({
      emails: z.array(z.email()).default(['on-call@example.com']),
      from: z.email().default('alerts@example.com'),
      smarthost: z
        .string()
        .regex(/^[^:]+:\d+$/, 'host:port')
        .default('smtp.example.com:587'),
      smtpTls: z.boolean().default(true),
      webhooks: z.array(z.url()).default(['https://example.com/alerts']),
      /** Where the Watchdog goes: a dead man's switch that speaks up when nothing comes any more. */
      watchdog: z.url().default('https://example.com/watchdog'),
    })
    .prefault({}),
});

export type Values = z.infer<typeof valuesSchema>;
