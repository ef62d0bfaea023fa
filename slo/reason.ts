import { z } from 'zod';
import { localLimits } from './sample.ts';

/**
 * Why a verdict is what it is, and what it cannot have seen, as data: `report/` alone makes sentences of it and rounds its numbers.
 */

const count = z.int().nonnegative();

/** A figure that moved while it was judged: its mean before and after the time at which it moved most. */
export const changeSchema = z.strictObject({
  /** Milliseconds of judged load. */
  atMs: z.number(),
  before: z.number(),
  after: z.number(),
  /** How sure the change is: slope over its standard error. */
  standardErrors: z.number(),
});

/** What our own client did wrong while it drove the load. */
export const clientFaultSchema = z.discriminatedUnion('code', [
  /** The load generator broke; `detail` is what it said. */
  z.strictObject({ code: z.literal('generator-failed'), detail: z.string().optional() }),
  z.strictObject({ code: z.literal('generator-exit'), exitCode: z.int() }),
  z.strictObject({ code: z.literal('generator-signal'), signal: z.string() }),
  /** Requests that never left our side, or whose answers could not be read there, because this ran out or was missing. */
  z.strictObject({ code: z.literal('local-limit'), limit: z.enum(localLimits), requests: count }),
  /** Arrivals that were due and never sent. */
  z.strictObject({ code: z.literal('dropped'), requests: count }),
  z.strictObject({ code: z.literal('late'), requests: count, of: count }),
  z.strictObject({ code: z.literal('clock-jump'), ms: z.number() }),
  /** Samples that end before they start, or whose starts run backwards. */
  z.strictObject({ code: z.literal('impossible-times'), requests: count }),
  /** It did nothing for so much of the load, though answers were there to be seen and clients waited for them. */
  z.strictObject({ code: z.literal('stood-still'), ms: z.number(), ofMs: z.number() }),
  /** The schedule stood still for so long. */
  z.strictObject({ code: z.literal('gap'), ms: z.number() }),
  z.strictObject({ code: z.literal('starved'), loopLagP99Ms: z.number() }),
]);

export const reasonSchema = z.discriminatedUnion('code', [
  /** Shown to be within the limit, or beyond it: the evidence has the figures. */
  z.strictObject({ code: z.literal('within-limit') }),
  z.strictObject({ code: z.literal('beyond-limit') }),
  /** Not one good request for so long. */
  z.strictObject({ code: z.literal('outage'), ms: z.number() }),
  /** Neither was shown. `neededMs` of load would do if things went on as they did; absent when the figure is too near to its limit. */
  z.strictObject({
    code: z.literal('not-enough'),
    interrupted: z.boolean(),
    neededMs: z.number().optional(),
  }),
  /** It would pass, but the service changed while it was judged. */
  z.strictObject({ code: z.literal('changed'), change: changeSchema }),
  /** It would pass, but less than the minimum time was judged. */
  z.strictObject({ code: z.literal('minimum-time'), minTimeMs: z.number() }),
  /** It would pass, but the documented length of the load was not over. */
  z.strictObject({ code: z.literal('cut-short'), of: z.enum(['duration', 'requests']) }),
  /** It would pass, but the run broke off before it was known whether our own client kept its pace. */
  z.strictObject({ code: z.literal('client-unknown') }),
  z.strictObject({ code: z.literal('client-fault'), faults: z.array(clientFaultSchema) }),
  /** It would fail, but perhaps not if what our client never sent had been good. */
  z.strictObject({ code: z.literal('dropped-may-be-good'), requests: count }),
  /** Not one request was answered. `open`: still open at the end. */
  z.strictObject({
    code: z.literal('never-answered'),
    requests: count,
    refused: count,
    timeouts: count,
    resets: count,
    open: count,
  }),
  z.strictObject({ code: z.literal('not-driven') }),
  z.strictObject({
    code: z.literal('budget-too-small'),
    budgetMs: z.number(),
    neededMs: z.number(),
  }),
  /** No request was judged: `interrupted` before one was, `missing` the first ones in the recording, or `none` was recorded. */
  z.strictObject({
    code: z.literal('nothing-judged'),
    because: z.enum(['interrupted', 'missing', 'none']),
  }),
  /** Requests were judged, but the objective is about none of them. */
  z.strictObject({ code: z.literal('nothing-counted'), judged: count }),
  /** Repeated payloads were answered, and no answer to this load says whether it came from a cache. */
  z.strictObject({ code: z.literal('no-cache-sign') }),
  /** Everything that a check looked at was as expected, or something was not: the evidence says what. */
  z.strictObject({ code: z.literal('as-expected') }),
  z.strictObject({ code: z.literal('not-as-expected') }),
  /** The run has no record of the check. */
  z.strictObject({ code: z.literal('check-unrecorded') }),
  z.strictObject({ code: z.literal('check-skipped'), why: z.string() }),
  z.strictObject({ code: z.literal('check-crashed'), detail: z.string() }),
  z.strictObject({ code: z.literal('check-broken-off') }),
  /** The check was done and looked at nothing, so it proves nothing. */
  z.strictObject({ code: z.literal('saw-nothing') }),
  /** Of the exchanges that the check names, so many are not on record. */
  z.strictObject({ code: z.literal('exchanges-lost'), lost: count }),
  z.strictObject({ code: z.literal('evidence-altered') }),
  z.strictObject({ code: z.literal('not-asked') }),
  z.strictObject({ code: z.literal('suite-not-asked'), suite: z.string() }),
  /** The profile's own words. */
  z.strictObject({ code: z.literal('profile'), text: z.string() }),
]);

export const caveatSchema = z.discriminatedUnion('code', [
  /** The share is over this load in this run; what comes less often than this cannot be ruled out. */
  z.strictObject({ code: z.literal('this-run'), everyMs: z.number() }),
  /** Groups of bad requests that did not show would need as many times more requests. */
  z.strictObject({ code: z.literal('groups') }),
  /** Clients that wait for their answers send less while the service stalls, so few requests meet a stall. */
  z.strictObject({ code: z.literal('closed-model'), clients: count }),
  z.strictObject({ code: z.literal('late'), requests: count, of: count }),
  /** Sent once more, their idle connections broken: the service may have closed those, or failed the requests. */
  z.strictObject({ code: z.literal('resent'), requests: count }),
  z.strictObject({ code: z.literal('broken-off'), missing: count, waiting: count }),
  z.strictObject({ code: z.literal('repeated-samples'), samples: count }),
  /** The documented number of requests was over after so much load, which went on without a pause. */
  z.strictObject({ code: z.literal('requests-repeated'), documented: count, afterMs: z.number() }),
  /** It was decided at an earlier look, and stands, though by all that was judged since it would not be decided anew. */
  z.strictObject({ code: z.literal('held'), decision: z.enum(['pass', 'fail']) }),
  /** The bound takes the mean over blocks of time as nearly normal. */
  z.strictObject({ code: z.literal('nearly-normal') }),
]);

/** Why the server's own counts could not be held against the client's, or what was taken into account. */
export const countNoteSchema = z.discriminatedUnion('code', [
  /** They could not be read; `detail` is what was seen. */
  z.strictObject({ code: z.literal('unreadable'), detail: z.string() }),
  z.strictObject({ code: z.literal('no-metrics-url') }),
  z.strictObject({ code: z.literal('not-recorded') }),
  /** The client has no answer on record to hold them against. */
  z.strictObject({ code: z.literal('no-answers') }),
  /** Answers that came from the balancer itself and are in no replica's count. */
  z.strictObject({ code: z.literal('balancer-answers'), requests: count }),
  z.strictObject({ code: z.literal('no-counter'), signal: z.string() }),
  /** Its count is a lower bound then. Here and below, `replica` is empty where its series do not name it. */
  z.strictObject({ code: z.literal('restarted'), replica: z.string(), times: count }),
  /** It could not be scraped meanwhile, and nothing tells whether it restarted: a lower bound, too. */
  z.strictObject({ code: z.literal('unreachable'), replica: z.string(), times: count }),
  /** It was last scraped before the last answer was in, since it went away or is scraped seldom: a lower bound, too. */
  z.strictObject({ code: z.literal('ended'), replica: z.string() }),
  /** Scrapes were of several processes in turn, as start times that go back show, or counts that go down. */
  z.strictObject({
    code: z.literal('several-processes'),
    replica: z.string(),
    seen: z.enum(['start-times', 'counts']),
  }),
  /** The server may or may not have counted these. */
  z.strictObject({ code: z.literal('unanswered'), requests: count }),
]);

export type Change = z.infer<typeof changeSchema>;
export type ClientFault = z.infer<typeof clientFaultSchema>;
export type CountNote = z.infer<typeof countNoteSchema>;
export type Reason = z.infer<typeof reasonSchema>;
export type Caveat = z.infer<typeof caveatSchema>;
