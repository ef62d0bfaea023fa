import type { Sample, StartMark } from '../slo/sample.ts';
import { phaseAt } from './arrivals.ts';
import type { LoadSpec, TrafficEvent } from './load-spec.ts';
import { payloadsOf } from './payloads.ts';
import { unanswered, type WireEnd, type WireListener } from './wire.ts';

/** Knows which requests are open, and makes marks and samples of what the script says. */
export class RequestLedger implements WireListener {
  readonly #plan: LoadSpec;
  readonly #prefix: string;
  readonly #onEvent: (event: TrafficEvent) => void;
  readonly #open = new Map<number, StartMark>();
  readonly #repeated: (index: number) => number | undefined;
  #zero: number | undefined;
  #started = 0;
  #stoodStillMs = 0;

  constructor(plan: LoadSpec, requestIdPrefix: string, onEvent: (event: TrafficEvent) => void) {
    this.#plan = plan;
    this.#prefix = requestIdPrefix;
    this.#onEvent = onEvent;
    const isUnique = plan.payloads.kind === 'unique' && (plan.bodies ?? []).length === 0;
    const payloadAt = payloadsOf(plan);
    this.#repeated = isUnique ? () => undefined : (index) => payloadAt(index).repeated;
  }

  /** Where the schedule starts, milliseconds since the epoch; undefined until the script is set up. */
  get zero(): number | undefined {
    return this.#zero;
  }

  get started(): number {
    return this.#started;
  }

  /** How long the script's event loops stood still. */
  get stoodStillMs(): number {
    return Math.round(this.#stoodStillMs);
  }

  ready(zero: number): void {
    this.#zero ??= zero;
  }

  still(ms: number): void {
    this.#stoodStillMs += ms;
  }

  /** Whatever is still open is told as `cut`, ended when the client stopped. */
  cutOpen(stoppedAt: number): void {
    for (const [index, { start }] of this.#open)
      this.end(index, { ...unanswered, end: Math.max(start, stoppedAt), outcome: 'cut' });
  }

  start(index: number, intendedStart: number, start: number): void {
    const phase = phaseAt(intendedStart - (this.#zero ?? 0), this.#plan.warmupMs);
    const mark: StartMark = { index, scenario: this.#plan.scenario, phase, intendedStart, start };
    this.#started++;
    this.#open.set(index, mark);
    this.#onEvent({ kind: 'start', mark });
  }

  end(index: number, seen: WireEnd): void {
    const mark = this.#open.get(index);
    if (mark === undefined) return;
    this.#open.delete(index);
    const { firstByte, replica, modelVersion, cacheHit, error, limit, seenLate, resent } = seen;
    const payload = this.#repeated(index);
    const sample: Sample = {
      index,
      scenario: mark.scenario,
      phase: mark.phase,
      intendedStart: mark.intendedStart,
      start: mark.start,
      end: seen.end,
      ...(firstByte === undefined ? {} : { firstByte }),
      outcome: seen.outcome,
      status: seen.status,
      bytes: seen.bytes,
      requestId: `${this.#prefix}-${index}`,
      route: this.#plan.route,
      ...(error === undefined ? {} : { error }),
      ...(limit === undefined ? {} : { limit }),
      ...(seenLate === undefined ? {} : { seenLate }),
      ...(resent === undefined ? {} : { resent }),
      ...(replica === undefined ? {} : { replica }),
      ...(modelVersion === undefined ? {} : { modelVersion }),
      ...(cacheHit === undefined ? {} : { cacheHit }),
      ...(payload === undefined ? {} : { payload }),
    };
    this.#onEvent({ kind: 'end', sample });
  }
}
