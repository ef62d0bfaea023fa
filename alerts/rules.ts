/** Rules as Prometheus takes them, before they are written as YAML. */

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** As Azure Monitor counts: 0 critical, 1 error, 2 warning, 3 informational, 4 verbose. */
export type Severity = '0' | '1' | '2' | '3' | '4';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold, unscaled milliseconds. */
  readonly forMs?: number;
  readonly severity: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  /** What the on-call person reads first: value, limit, since when, where. May hold templates of Prometheus. */
  readonly summary: string;
  readonly runbook: Runbook;
}

/** What to do when it fires. A page each, by the alert's name. */
export interface Runbook {
  /** Two alerts with one page have one object. */
  readonly means: string;
  readonly impact: string;
  /** A query that shows it; it runs on a loaded stack. */
  readonly confirm: string;
  /** Most likely first. */
  readonly causes: readonly string[];
  readonly actions: readonly string[];
}

export interface RuleGroup {
  readonly name: string;
  /** Unscaled milliseconds. */
  readonly intervalMs: number;
  readonly records: readonly RecordingRule[];
  readonly alerts: readonly Alert[];
}
