import { z } from 'zod';

/** `slo` an objective with a number · `api` wire behaviour · `met` metric contract · `alert` alert rule · `scale` autoscaling · `ha` availability and failover · `sec` security · `ops` operations. */
export const targetKinds = ['slo', 'api', 'met', 'alert', 'scale', 'ha', 'sec', 'ops'] as const;

/** Wire formats that the traffic can speak. */
export const apis = ['score', 'kserve-v1'] as const;

const share = z.number().gt(0).lt(1);
const positive = z.number().positive();
const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes');

/** How requests arrive. Open: at set times, whatever the server does. Closed: each of `concurrency` clients waits for its answer. */
const arrivalsSchema = z.discriminatedUnion('shape', [
  z.strictObject({ shape: z.literal('constant'), perSecond: positive }),
  z.strictObject({ shape: z.literal('poisson'), perSecond: positive }),
  z.strictObject({
    shape: z.literal('ramp'),
    /** Rate at the start of the judged load, changed linearly to `toPerSecond` over the budget. */
    fromPerSecond: positive,
    toPerSecond: positive,
  }),
  z.strictObject({ shape: z.literal('closed'), concurrency: z.int().positive() }),
]);

/** Traffic of one kind, from which objectives are decided. */
export const scenarioSchema = z.strictObject({
  api: z.enum(apis),
  model: z.string().min(1),
  /** `unique`: no body is sent twice (latency). `repeated`: `distinct` bodies, sent over and over (cache). */
  payloads: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('unique') }),
    z.strictObject({
      kind: z.literal('repeated'),
      distinct: z.int().positive(),
      ttlSeconds: positive,
    }),
  ]),
  arrivals: arrivalsSchema,
  /** The documented duration of the load, where one is documented; else the sequential test stops as soon as it can. */
  durationSeconds: positive.optional(),
  /**
   * The documented number of requests, where one is documented. When they are over before the minimum time they are repeated without a
   * pause until then; fewer of them pass nothing.
   */
  requests: z.int().positive().optional(),
});

/**
 * A promise with a number, decided on the samples of one scenario.
 * `latency`: at least `quantile` of the requests are answered, correctly, within the limit. The others bound the share of bad requests:
 * `wrong-answers` 5xx, unexpected 4xx, malformed · `unavailability` no answer, timeout, 502, 503, 504 · `failures` either ·
 * `cache-misses` not a hit, among requests answered before within the TTL. `throughput`: good answers per second.
 */
export const objectiveSchema = z.discriminatedUnion('indicator', [
  z.strictObject({
    indicator: z.literal('latency'),
    scenario: name,
    quantile: share,
    limitMs: positive,
    /** `below`: a request at the limit is bad (the document says `<`). `at-most`: it is good (`≤`). */
    limitIs: z.enum(['below', 'at-most']),
  }),
  z.strictObject({
    indicator: z.enum(['wrong-answers', 'unavailability', 'failures', 'cache-misses']),
    scenario: name,
    /** The documented limit of the share of bad requests. */
    maxShare: share,
  }),
  z.strictObject({ indicator: z.literal('throughput'), scenario: name, minPerSecond: positive }),
]);

/** As in the list of targets, for example `AK-SLO-1`. */
export const targetIdSchema = z
  .string()
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)+$/, 'capital letters, digits and dashes, for example AK-SLO-1');

/**
 * A part of a target that a check decides. Every other key is a parameter of the check: which there are, and of what kind, the checks
 * themselves say (`suites/`).
 */
export const checkPartShape = z.looseObject({
  check: name,
  /** Why the target may be decided without this part, where the check cannot be done; else it stays undecided then. */
  mayNotRun: z.string().min(1).optional(),
});

/** A part of a target that nothing decides yet. */
const openPartSchema = z.strictObject({ part: z.string().min(1), notRun: z.string().min(1) });

const targetFacts = {
  id: targetIdSchema,
  kind: z.enum(targetKinds),
  /** What the document promises, in our words. */
  statement: z.string().min(1),
  /** The section of the document it stands in. */
  section: z.string().min(1),
  /** What the document implies but does not state. */
  implied: z.string().min(1).optional(),
  /** Judged and shown, but until the end of that day (UTC) never part of the exit code. */
  advisory: z
    .strictObject({ reason: z.string().min(1), until: z.iso.date('a date such as 2027-02-28') })
    .optional(),
};

const partsSchema = z
  .array(
    z.union([checkPartShape, openPartSchema], {
      error: 'exactly one of "check" and "part" is needed',
    }),
  )
  .min(1);

/** A documented statement that can be checked: by objectives, by checks, by both, or not yet, and then why not. */
const targetSchema = z.union(
  [
    z.strictObject({
      ...targetFacts,
      objectives: z.array(objectiveSchema).min(1),
      checks: partsSchema.optional(),
    }),
    z.strictObject({ ...targetFacts, checks: partsSchema }),
    z.strictObject({ ...targetFacts, notRun: z.string().min(1) }),
  ],
  { error: 'at least one of "objectives" and "checks" is needed, or else "notRun" alone' },
);

/** A place where a document contradicts itself or cannot work as written; shown beside the verdicts it touches. */
export const conflictSchema = z.strictObject({
  statement: z.string().min(1),
  touches: z.array(z.string()).min(1),
});

/** The shape of a profile alone, as a run records it: with other rates, a recorded profile need not keep the rules of a written one. */
export const profileShape = z.strictObject({
  schemaVersion: z.literal(1),
  id: name,
  title: z.string().min(1),
  /** File name, title or URL of the document that the targets are taken from. */
  document: z.string().min(1),
  /** What the reference server is set up as (`reference-server/systems/`); not used with a target of one's own. */
  system: name.optional(),
  /** A profile that has checks alone needs none. */
  scenarios: z.record(name, scenarioSchema).default({}),
  targets: z.array(targetSchema).min(1),
  conflicts: z.array(conflictSchema).default([]),
});

/** All targets of one document, as `profileSchema` (`profile-schema.ts`) accepts it. */
export type Profile = z.infer<typeof profileShape>;
export type Target = z.infer<typeof targetSchema>;
export type CheckPart = z.infer<typeof checkPartShape>;
export type OpenPart = z.infer<typeof openPartSchema>;
export type Scenario = z.infer<typeof scenarioSchema>;
export type Arrivals = z.infer<typeof arrivalsSchema>;
export type Objective = z.infer<typeof objectiveSchema>;
export type Api = Scenario['api'];
export type Conflict = z.infer<typeof conflictSchema>;

/** What decides a target beside its objectives. */
export const partsOf = (target: Target): readonly (CheckPart | OpenPart)[] =>
  'checks' in target ? (target.checks ?? []) : [];

export const isCheckPart = (part: CheckPart | OpenPart): part is CheckPart => 'check' in part;
