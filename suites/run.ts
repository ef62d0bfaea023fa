import { orAborted } from '../machine/or-aborted.ts';
import { describeError } from '../slo/errors.ts';
import type { Capability, Check, Suite } from './check.ts';
import type { Session } from './session.ts';

/** How one check ended. That it was done says nothing of what it saw. */
export type CheckOutcome = { check: string } & (
  | { end: 'done' | 'interrupted' }
  | { end: 'skipped' | 'crashed'; why: string }
);

/** A check whose time is over may take so long to write down how it ended; one of a run that was interrupted, so long that a report comes in 5 s. */
const windUpMs = { late: 90_000, interrupted: 3_500 };

/** Does the checks of a suite, one after the other. None begins after `signal` aborted; one that runs then is told to end. */
export async function runSuite(
  suite: Suite,
  session: Session,
  signal: AbortSignal,
): Promise<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (const check of suite.checks(session)) {
    if (signal.aborted) outcomes.push({ check: check.id, end: 'interrupted' });
    else outcomes.push(await runCheck(check, session, signal));
  }
  return outcomes;
}

/** One check, within its time. Never throws. */
export async function runCheck(
  check: Check,
  session: Session,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const { id, needs, withinMs } = check;
  const has = capabilitiesOf(session);
  const missing = needs.filter((need) => !has.has(need));
  if (missing.length > 0)
    return { check: id, end: 'skipped', why: `the service gives no ${missing.join(' and no ')}` };
  const late = new Error(`it took longer than ${withinMs / 1000} s`);
  const limit = new AbortController();
  const abandoned = new AbortController();
  const timers = [
    setTimeout(() => limit.abort(late), withinMs),
    setTimeout(() => abandoned.abort(late), withinMs + windUpMs.late),
  ];
  const onInterrupt = () =>
    timers.push(setTimeout(() => abandoned.abort(signal.reason), windUpMs.interrupted));
  signal.addEventListener('abort', onInterrupt, { once: true });
  try {
    await orAborted(check.run(session, AbortSignal.any([signal, limit.signal])), abandoned.signal);
    limit.signal.throwIfAborted();
    return { check: id, end: signal.aborted ? 'interrupted' : 'done' };
  } catch (error) {
    if (signal.aborted && error === signal.reason) return { check: id, end: 'interrupted' };
    return { check: id, end: 'crashed', why: describeError(error, id) };
  } finally {
    signal.removeEventListener('abort', onInterrupt);
    timers.forEach(clearTimeout);
    session.record.close();
  }
}

function capabilitiesOf({ counters, faultAdmin }: Session): Set<Capability> {
  const has = new Set<Capability>();
  if (counters.kind !== 'none') has.add('counters');
  if (faultAdmin !== undefined) has.add('faults');
  return has;
}
