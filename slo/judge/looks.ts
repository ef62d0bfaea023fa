import type { ScenarioRecord } from '../scenario-record.ts';
import { rules } from './rules.ts';

/** Whether load has a length of its own and is judged whole, at its end: a documented duration, or a ramp, whose top comes last. */
export function judgedWhole({ durationSeconds, arrivals }: ScenarioRecord['scenario']): boolean {
  return durationSeconds !== undefined || arrivals.shape === 'ramp';
}

/** Whether a load ended because its time was over, so that it was judged to its end, however long before that its last request started. */
export function hadAllItsTime({ stop }: Pick<ScenarioRecord, 'stop'>): boolean {
  return stop === 'budget' || stop === 'documented-duration';
}

/** When one scenario is looked at, fixed before its load. Times are milliseconds of judged load. */
export interface LookSchedule {
  /** Looks before the end of the load. */
  atMs: number[];
  /** The end of the load is a look too, from so much on. */
  leastMs: number;
  /** A pass needs so much. */
  passFromMs: number;
  /** Length of a block of time at first. */
  blockMs: number;
}

/** A budget below the minimum time leaves one look, at its end, that cannot pass. */
export function scheduleLooks({
  scenario,
  minTimeMs,
  plannedMs,
}: Pick<ScenarioRecord, 'scenario' | 'minTimeMs' | 'plannedMs'>): LookSchedule {
  const whole = judgedWhole(scenario);
  // A block of time has some length, whatever a record says.
  const leastMs = Math.max(1, whole ? plannedMs : Math.min(minTimeMs, plannedMs));
  return {
    atMs: whole
      ? []
      : rules.lookAt
          .map((times) => times * minTimeMs)
          .filter((at) => at >= leastMs && at < plannedMs),
    leastMs,
    passFromMs: whole ? plannedMs : minTimeMs,
    blockMs: leastMs / rules.blocksInMinimum,
  };
}
