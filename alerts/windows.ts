const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The objective's own window: its budget is for so long. */
export const budgetWindowMs = 30 * day;

/** What is counted at once, and everything longer is made of. */
export const baseWindowMs = 5 * minute;

export interface BurnWindow {
  /** How many times as fast as allowed the budget goes. */
  readonly burn: number;
  /** Both windows have to burn: the long one says that it matters, the short one that it goes on. */
  readonly longMs: number;
  readonly shortMs: number;
  readonly tier: 'page' | 'ticket';
}

/**
 * Multi-window, multi-burn-rate alerts: the share of a 30-day budget that goes before each fires is 2 %, 5 %, 10 % and 10 %.
 * Source: Google, The Site Reliability Workbook, chapter 5, "Alerting on SLOs", table 5-8; 3 over a day as Sloth and Pyrra have it too.
 */
export const burnWindows: readonly BurnWindow[] = [
  { burn: 14.4, longMs: hour, shortMs: 5 * minute, tier: 'page' },
  { burn: 6, longMs: 6 * hour, shortMs: 30 * minute, tier: 'page' },
  { burn: 3, longMs: day, shortMs: 2 * hour, tier: 'ticket' },
  { burn: 1, longMs: 3 * day, shortMs: 6 * hour, tier: 'ticket' },
];

/** From this length on a window is summed in steps of the base window, not averaged at each evaluation: a tenth of the samples, a step later. */
export const steppedFromMs = day;

/**
 * How often rules are evaluated, and how often the slow ones are: well within the 5 minutes for which Prometheus looks back for a value, or
 * alerts on what they record would have gaps.
 */
export const evaluationMs = 30_000;
export const slowEvaluationMs = 2 * minute;
