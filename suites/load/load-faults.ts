import { FaultAdmin } from '../../fixtures/fault-admin.ts';
import { FaultSchedule, type FaultSwitch } from '../../fixtures/fault-schedule.ts';
import type { SwitchedFault } from '../../slo/scenario-record.ts';
import type { Session } from '../session.ts';

/** The seeded faults while one scenario is driven, and what of them was on when, for its record. */
export class LoadFaults {
  readonly #schedule: FaultSchedule | undefined;
  readonly #epochMs: number;
  /** What is on from before the load is so all the time. */
  readonly switched: SwitchedFault[];

  /** `onSwitch` is called after each change of `switched`; `onFailure` at once when something could not be switched. */
  constructor(
    { faults, faultAdmin, record }: Pick<Session, 'faults' | 'faultAdmin' | 'record' | 'plan'>,
    on: { onSwitch: () => void; onFailure: () => void },
  ) {
    const { epochMs } = record.run;
    this.#epochMs = epochMs;
    this.switched = faults
      .filter(({ window }) => window === null)
      .map(({ text, part }) => ({ text, part, from: Date.now() - epochMs }));
    if (faultAdmin === undefined) return;
    const admin = new FaultAdmin(faultAdmin);
    const onSwitch = (change: FaultSwitch) => {
      this.#note(change);
      on.onSwitch();
    };
    this.#schedule = new FaultSchedule({ faults, admin, onSwitch, onFailure: on.onFailure });
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
    const open = this.switched.findLast(
      (fault) => fault.text === text && fault.part === part && fault.to === undefined,
    );
    if (on) this.switched.push({ text, part, from: at });
    else if (open !== undefined) open.to = at;
  }
}
