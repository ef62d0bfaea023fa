import { FaultAdmin } from '../../fixtures/fault-admin.ts';
import { FaultSchedule, type FaultSwitch } from '../../fixtures/fault-schedule.ts';
import { isAlwaysOn } from '../../fixtures/fault-timeline.ts';
import type { Fault } from '../../fixtures/faults.ts';
import type { LentStack } from '../../fixtures/lent-stack.ts';
import type { SwitchedFault } from '../../slo/scenario-record.ts';
import type { Session } from '../runner/session.ts';

type Driven = Pick<Session, 'faults' | 'faultAdmin' | 'record' | 'plan'> & {
  stack?: Pick<LentStack, 'number'>;
  settings: Pick<Session['settings'], 'warmupMs'>;
};

/** The seeded faults while one scenario is driven, and what of them was on when, for its record. */
export class LoadFaults {
  readonly #schedule: FaultSchedule | undefined;
  readonly #epochMs: number;
  readonly #driven: Driven;
  /** What is on from before the load is so all the time, and what crashed in an earlier scenario stays away. */
  readonly switched: SwitchedFault[];

  /** `onSwitch` is called after each change of `switched`; `onFailure` at once when something could not be switched. */
  constructor(driven: Driven, on: { onSwitch: () => void; onFailure: () => void }) {
    const { faults, faultAdmin, record, settings } = driven;
    const { epochMs } = record.run;
    this.#epochMs = epochMs;
    this.#driven = driven;
    const crashed = earlierCrashes(driven);
    const from = Date.now() - epochMs;
    this.switched = faults
      .filter((fault) => isAlwaysOn(fault) || crashed.has(fault))
      .map((fault) => ({ text: fault.text, part: crashed.get(fault) ?? fault.part, from }));
    if (faultAdmin === undefined) return;
    const onSwitch = (change: FaultSwitch) => {
      this.#note(change);
      on.onSwitch();
    };
    this.#schedule = new FaultSchedule({
      faults: faults.map((fault) => (crashed.has(fault) ? fault : crashing(fault, settings))),
      happened: crashed.keys(),
      admin: new FaultAdmin(faultAdmin),
      onSwitch,
      onFailure: on.onFailure,
    });
  }

  /** The first request of the warm-up is due. Only the first call counts. */
  begin(intendedStart: number): void {
    this.#schedule?.start(this.#epochMs + intendedStart);
  }

  /** Switches off what has a window. Rejects when something could not be switched. */
  async end(): Promise<void> {
    await this.#schedule?.stop();
  }

  #note({ text, part, on, atMs }: FaultSwitch): void {
    const at = atMs - this.#epochMs;
    const { record, stack } = this.#driven;
    if (stack !== undefined)
      record.history.write({
        at,
        stack: stack.number,
        what: on ? 'fault-on' : 'fault-off',
        part,
        detail: text,
      });
    const open = this.switched.findLast(
      (fault) => fault.text === text && fault.part === part && fault.to === undefined,
    );
    if (on) this.switched.push({ text, part, from: at });
    else if (open !== undefined) open.to = at;
  }
}

/** A crash without a time happens with the first request that is judged: what the warm-up meets decides nothing. */
function crashing(fault: Fault, { warmupMs }: Driven['settings']): Fault {
  const isPlain = fault.action.kind === 'crash' && fault.window === null;
  return isPlain ? { ...fault, window: { atMs: warmupMs, forMs: null, everyMs: null } } : fault;
}

/** Crashes without a window that happened in an earlier scenario on the same stack, each with the replica that ended. */
function earlierCrashes({ faults, plan, record }: Driven): Map<Fault, string> {
  const onThisStack = new Set(plan.scenarios.map(({ qualified }) => qualified));
  const seen = record.run.scenarios
    .filter(({ name }) => onThisStack.has(name))
    .flatMap(({ faults: switched = [] }) => switched);
  const ended = new Map<Fault, string>();
  for (const fault of faults) {
    if (fault.action.kind !== 'crash' || fault.window !== null) continue;
    const others = new Set(ended.values());
    for (const { text, part } of seen) {
      if (text !== fault.text || part === null || others.has(part)) continue;
      ended.set(fault, part);
      break;
    }
  }
  return ended;
}
