import type { Run } from '../../evidence/run.ts';
import type { PlannedCheck } from '../../slo/check-record.ts';
import type { Session } from '../../suites/runner/session.ts';
import type { GateOptions } from './options.ts';
import type { LentService } from './service.ts';

/** What a run is to do of a profile beside load. */
export function checksFor(profile: string, { checks, suites }: Run): PlannedCheck[] {
  return checks.filter((one) => one.profile === profile && suites.includes(one.suite));
}

/** What the suites of a run are lent for one profile. */
export function sessionFor(
  { load: settings, client, service: judged }: GateOptions,
  service: LentService,
  rest: Pick<Session, 'plan' | 'record' | 'numbers' | 'onProgress' | 'onTask'>,
): Session {
  const isOurs = judged.kind === 'reference-stack';
  const bodies = isOurs || judged.bodies === undefined ? {} : { bodies: judged.bodies };
  return {
    client,
    ...service,
    ...bodies,
    ...rest,
    checks: checksFor(rest.plan.profile.id, rest.record.run),
    settings,
    faults: isOurs ? judged.faults : [],
  };
}
