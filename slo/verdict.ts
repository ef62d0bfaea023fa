import { z } from 'zod';
import { observationShape } from './check-record.ts';
import { conflictSchema, objectiveSchema, targetKinds } from './profile.ts';
import { caveatSchema, changeSchema, countNoteSchema, reasonSchema } from './reason.ts';
import { outcomes } from './sample.ts';

/** Worst first: merging takes the first that occurs. `not-run` stands apart and never merges. */
const decisions = ['fail', 'invalid', 'inconclusive', 'pass'] as const;

const guarantees = ['exact', 'calibrated'] as const;

/** Where the true figure is, whenever one looks: each side errs with at most the α that it is tested at. */
const bounds = z.strictObject({ lower: z.number(), upper: z.number() });
/** The same figure for the two sides of a test. */
const sides = z.strictObject({ pass: z.number(), fail: z.number() });

/** Judged load that stood behind a decision. */
const extent = {
  /** Milliseconds of judged load. */
  judgedMs: z.number(),
  /** Blocks of time that it was cut into. */
  blocks: z.int(),
  guarantee: z.enum(guarantees),
  /** What the method assumed, or cannot have seen. */
  caveats: z.array(caveatSchema),
  bounds,
  /** Probability of what was seen if the figure were exactly at its limit; a side is decided at `level` or less. */
  chance: sides,
  level: sides,
  alpha: sides,
  /** A share that rose, or a rate that fell, while it was judged, so that it would soon have missed its limit. */
  change: changeSchema.optional(),
};

/** What a verdict rests on. */
const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ratio'),
    ...extent,
    /** Requests counted, and the bad ones among them. */
    n: z.int(),
    bad: z.int(),
    /** Bad ones that are so whatever our own client did: late arrivals count as good here. A fail rests on these. */
    certainlyBad: z.int(),
    allowedShare: z.number(),
    /** How much more the bad requests, or the latencies, clump in blocks of time than independent ones would; at least 1. */
    designEffect: sides,
    /** As many independent requests would say as much. */
    effective: sides,
    /** Latency only: the objective's own percentile of this run, in ms; null when that many were not answered. */
    observedMs: z.number().nullable().optional(),
  }),
  z.strictObject({
    kind: z.literal('rate'),
    ...extent,
    good: z.int(),
    perSecond: z.number(),
    minPerSecond: z.number(),
  }),
  z.strictObject({
    kind: z.literal('duration'),
    guarantee: z.enum(guarantees),
    caveats: z.array(caveatSchema),
    seconds: z.array(z.number()),
    limitSeconds: z.number(),
  }),
  z.strictObject({
    /** What was looked at, expected and seen. There is no error bound. */
    kind: z.literal('exact'),
    observations: z.int(),
    /** Those that were not as expected. */
    failed: z.int(),
    /** Those that failed first, and not all where there are many. */
    shown: z.array(z.strictObject(observationShape)),
  }),
]);

/** Why load ended. `no-answer`: nothing was answered from the start; `client-limit`: our own machine met a limit. */
export const stops = [
  'decided',
  'budget',
  'documented-duration',
  'no-answer',
  'client-limit',
  'interrupted',
  'client-failed',
  'not-started',
] as const;

const objectiveVerdictSchema = z.strictObject({
  /** `<target id>/<indicator>`, with the quantile for latency: `AK-SLO-1/latency-p95`. Unique in a run. */
  id: z.string(),
  objective: objectiveSchema,
  decision: z.enum(decisions),
  reason: reasonSchema,
  stop: z.enum(stops),
  evidence: evidenceSchema.optional(),
});

const checkVerdictSchema = z.strictObject({
  /** `<target id>/<check>`; a second one of that name gets `-2`. Without the target where it decides none. */
  id: z.string(),
  check: z.string(),
  params: z.record(z.string(), z.unknown()),
  decision: z.enum(decisions),
  reason: reasonSchema,
  evidence: evidenceSchema.optional(),
});

/** A part of a target that was not run; the target is decided by the others. */
const leftOutSchema = z.strictObject({ part: z.string(), reason: reasonSchema });

const verdictFacts = {
  id: z.string(),
  kind: z.enum(targetKinds),
  statement: z.string(),
  section: z.string(),
  implied: z.string().optional(),
  /** `counts`: its day is over, so it is part of the exit code again. */
  advisory: z
    .strictObject({ reason: z.string(), until: z.string(), counts: z.boolean() })
    .optional(),
};

const targetVerdictSchema = z.union([
  z.strictObject({
    ...verdictFacts,
    /** The worst of its objectives and checks. */
    decision: z.enum(decisions),
    objectives: z.array(objectiveVerdictSchema),
    checks: z.array(checkVerdictSchema),
    leftOut: z.array(leftOutSchema),
    /** Where it stands above what they would say. */
    reason: reasonSchema.optional(),
  }),
  z.strictObject({ ...verdictFacts, decision: z.literal('not-run'), reason: reasonSchema }),
]);

export type Decision = (typeof decisions)[number];
export type Evidence = z.infer<typeof evidenceSchema>;
export type ExactEvidence = Extract<Evidence, { kind: 'exact' }>;
export type RatioEvidence = Extract<Evidence, { kind: 'ratio' }>;
export type RateEvidence = Extract<Evidence, { kind: 'rate' }>;
export type Stop = (typeof stops)[number];
export type ObjectiveVerdict = z.infer<typeof objectiveVerdictSchema>;
export type CheckVerdict = z.infer<typeof checkVerdictSchema>;
export type LeftOut = z.infer<typeof leftOutSchema>;
export type TargetVerdict = z.infer<typeof targetVerdictSchema>;

/** The worst of several decisions: fail, invalid, inconclusive, pass. */
export function worst(all: readonly Decision[]): Decision {
  return decisions.find((decision) => all.includes(decision)) ?? 'invalid';
}

/** The server's own count of one replica beside the client's. */
const reconciliationSchema = z.strictObject({
  profile: z.string(),
  scenario: z.string(),
  /** `server-at-least` where others may load the same server, else `equal`. */
  rule: z.enum(['equal', 'server-at-least']),
  agrees: z.boolean().nullable(),
  /** Why it could not be compared, or what was taken into account. */
  notes: z.array(countNoteSchema),
  rows: z.array(
    z.strictObject({
      replica: z.string(),
      signal: z.enum(['requests', 'errors', 'cacheHits']),
      client: z.int(),
      server: z.number().nullable(),
    }),
  ),
});

/** Which replicas answered, as far as the service says (`x-served-by`), warm-up included; no replicas where it names none. */
const spreadSchema = z.strictObject({
  profile: z.string(),
  scenario: z.string(),
  replicas: z.array(z.strictObject({ replica: z.string(), answers: z.int(), errors: z.int() })),
  /** Answers without a replica's name: a balancer's own, or of a service that names none. */
  unnamed: z.int(),
});

/** How the judged requests of one scenario failed. */
const failuresSchema = z.strictObject({
  profile: z.string(),
  scenario: z.string(),
  judged: z.int(),
  failed: z.int(),
  /** The most frequent first. `status` is 0 where there was none; `error` is what our client said, addresses left out. */
  causes: z.array(
    z.strictObject({
      outcome: z.enum(outcomes),
      status: z.int(),
      error: z.string().optional(),
      requests: z.int(),
    }),
  ),
});

/** `verdicts.json`: everything that was decided in one run, derived from its evidence alone. */
export const runVerdictsSchema = z.strictObject({
  schemaVersion: z.literal(3),
  run: z.string(),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  /** True when a part of what was measured is a simulation: the reference server's GPU. */
  simulated: z.boolean(),
  profiles: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      document: z.string(),
      targets: z.array(targetVerdictSchema),
      /** Those that decide no target of the profile. */
      checks: z.array(checkVerdictSchema),
      /** Of those, what could not be done. */
      leftOut: z.array(leftOutSchema),
      conflicts: z.array(conflictSchema),
    }),
  ),
  reconciliation: z.array(reconciliationSchema),
  spread: z.array(spreadSchema),
  /** Scenarios in which requests failed. */
  failures: z.array(failuresSchema),
  /** What a reader must know before trusting the verdicts: damaged, missing or altered evidence, an interrupted run. */
  warnings: z.array(z.string()),
});

export type Reconciliation = z.infer<typeof reconciliationSchema>;
export type Failures = z.infer<typeof failuresSchema>;
export type Spread = z.infer<typeof spreadSchema>;
export type RunVerdicts = z.infer<typeof runVerdictsSchema>;
