import { z } from 'zod';
import { conflictSchema, objectiveSchema, targetKinds } from './profile.ts';

/** Worst first: merging takes the first that occurs. `not-run` stands apart and never merges. */
export const decisions = ['fail', 'invalid', 'inconclusive', 'pass'] as const;

export const guarantees = ['exact', 'calibrated'] as const;

const bounds = z.strictObject({ lower: z.number(), upper: z.number(), confidence: z.number() });

/** Judged load that stood behind a decision. */
const extent = {
  /** Milliseconds of judged load, from the scenario's first judged intended start to that of the last request counted. */
  judgedMs: z.number(),
  guarantee: z.enum(guarantees),
  /** Why the guarantee is no better, or what the method assumed; empty when there is nothing to say. */
  caveats: z.array(z.string()),
};

/** What a verdict rests on. */
export const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ratio'),
    ...extent,
    /** Requests counted, and the bad ones among them. */
    n: z.int(),
    bad: z.int(),
    /** Bad ones that are so whatever our own client did: late arrivals count as good here. A fail rests on these. */
    certainlyBad: z.int(),
    allowedShare: z.number(),
    /** Two-sided interval of the bad share on effective counts. */
    bounds,
    /** Integrated autocorrelation time, ≥ 1, in requests; n / (temper × tau) requests count as independent. */
    tau: z.number(),
    temper: z.number(),
    effective: z.number(),
    /** Natural logarithms of the two e-values, and of what each must reach. */
    logEPass: z.number(),
    logEFail: z.number(),
    passAt: z.number(),
    failAt: z.number(),
    alphaPass: z.number(),
    alphaFail: z.number(),
  }),
  z.strictObject({
    kind: z.literal('rate'),
    ...extent,
    /** One-second blocks, and good answers in them. */
    blocks: z.int(),
    good: z.int(),
    perSecond: z.number(),
    minPerSecond: z.number(),
    bounds,
    tau: z.number(),
    alphaPass: z.number(),
    alphaFail: z.number(),
  }),
  z.strictObject({
    kind: z.literal('duration'),
    guarantee: z.enum(guarantees),
    caveats: z.array(z.string()),
    seconds: z.array(z.number()),
    limitSeconds: z.number(),
  }),
  z.strictObject({
    kind: z.literal('exact'),
    /** What was expected and what was seen. There is no error bound. */
    expected: z.string(),
    seen: z.string(),
  }),
]);

/** Why the judge stopped looking. */
export const stops = [
  'decided',
  'budget',
  'out-of-sight',
  'documented-duration',
  'interrupted',
  'client-failed',
  'not-started',
] as const;

export const objectiveVerdictSchema = z.strictObject({
  /** `<target id>/<indicator>`, with the quantile for latency: `AK-SLO-1/latency-p95`. Unique in a run. */
  id: z.string(),
  objective: objectiveSchema,
  decision: z.enum(decisions),
  /** One sentence for a person. */
  reason: z.string(),
  stop: z.enum(stops),
  evidence: evidenceSchema.optional(),
  /** Seconds of budget that would be needed, where the budget could not decide. */
  neededSeconds: z.number().optional(),
});

const verdictFacts = {
  id: z.string(),
  kind: z.enum(targetKinds),
  statement: z.string(),
  section: z.string(),
  implied: z.string().optional(),
};

export const targetVerdictSchema = z.union([
  z.strictObject({
    ...verdictFacts,
    decision: z.enum(decisions),
    objectives: z.array(objectiveVerdictSchema),
    reason: z.string(),
    evidence: evidenceSchema.optional(),
  }),
  z.strictObject({ ...verdictFacts, decision: z.literal('not-run'), reason: z.string() }),
]);

export type Decision = (typeof decisions)[number];
export type Guarantee = (typeof guarantees)[number];
export type Evidence = z.infer<typeof evidenceSchema>;
export type Stop = (typeof stops)[number];
export type ObjectiveVerdict = z.infer<typeof objectiveVerdictSchema>;
export type TargetVerdict = z.infer<typeof targetVerdictSchema>;

/** The worst of several decisions: fail, invalid, inconclusive, pass. */
export function worst(all: readonly Decision[]): Decision {
  return decisions.find((decision) => all.includes(decision)) ?? 'invalid';
}

/** The server's own count of one replica beside the client's. */
export const reconciliationSchema = z.strictObject({
  profile: z.string(),
  scenario: z.string(),
  /** `server-at-least` where others may load the same server, else `equal`. */
  rule: z.enum(['equal', 'server-at-least']),
  agrees: z.boolean().nullable(),
  /** Why it could not be compared, or what was taken into account. */
  notes: z.array(z.string()),
  rows: z.array(
    z.strictObject({
      replica: z.string(),
      signal: z.enum(['requests', 'errors', 'cacheHits']),
      client: z.int(),
      server: z.number().nullable(),
    }),
  ),
});

/** `verdicts.json`: everything that was decided in one run, derived from its evidence alone. */
export const runVerdictsSchema = z.strictObject({
  schemaVersion: z.literal(1),
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
      conflicts: z.array(conflictSchema),
    }),
  ),
  reconciliation: z.array(reconciliationSchema),
  /** What a reader must know before trusting the verdicts: damaged, missing or altered evidence, an interrupted run. */
  warnings: z.array(z.string()),
});

export type Reconciliation = z.infer<typeof reconciliationSchema>;
export type RunVerdicts = z.infer<typeof runVerdictsSchema>;
