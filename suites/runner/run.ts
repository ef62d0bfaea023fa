import { orAborted } from '../../machine/or-aborted.ts';
import { describeError, SuiteError } from '../../slo/errors.ts';
import { proxyFor } from '../../traffic/proxy.ts';
import type { Capability } from './check.ts';
import { whyMissing } from './missing.ts';
import type { Session } from './session.ts';
import type { Suite, Task, TaskOutcome } from './task.ts';

/** A task whose time is over may take so long to write down how it ended; one of a run that was interrupted, so long that a report comes in 5 s. */
const windUpMs = { late: 90_000, interrupted: 3_500 };

/** Does the tasks of a suite, one after the other. None begins after `signal` aborted; one that runs then is told to end. */
export async function runSuite(
  suite: Suite,
  session: Session,
  signal: AbortSignal,
): Promise<TaskOutcome[]> {
  const outcomes: TaskOutcome[] = [];
  const tasks = suite.tasks(session);
  for (const [at, task] of tasks.entries()) {
    session.onTask?.({ suite: suite.name, id: task.id, at: at + 1, of: tasks.length });
    if (signal.aborted) outcomes.push({ task: task.id, end: 'interrupted' });
    else outcomes.push(await runTask(task, session, signal));
  }
  return outcomes;
}

/** One task, within its time, with how it ended on record. Never throws. */
export async function runTask(
  task: Task,
  session: Session,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  try {
    task.noted?.begins(session);
    const outcome = await outcomeOf(task, session, signal);
    if (task.noted === undefined) return outcome;
    task.noted.ends(outcome);
    return outcome.end === 'crashed' ? { ...outcome, onRecord: true } : outcome;
  } catch (error) {
    // It cannot be put on record.
    return { task: task.id, end: 'crashed', why: describeError(error, task.id), onRecord: false };
  } finally {
    session.record.close();
  }
}

async function outcomeOf(
  { id, needs, withinMs, run }: Task,
  session: Session,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const missing = missingOf(needs, session);
  if (missing !== undefined) return { task: id, end: 'skipped', why: missing };
  const late = new SuiteError('CHECK_TOO_SLOW', `it took longer than ${withinMs / 1000} s`);
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
    await orAborted(run(session, AbortSignal.any([signal, limit.signal])), abandoned.signal);
    limit.signal.throwIfAborted();
    return { task: id, end: signal.aborted ? 'interrupted' : 'done' };
  } catch (error) {
    if (signal.aborted && error === signal.reason) return { task: id, end: 'interrupted' };
    return { task: id, end: 'crashed', why: describeError(error, id), onRecord: false };
  } finally {
    signal.removeEventListener('abort', onInterrupt);
    timers.forEach(clearTimeout);
  }
}

function missingOf(needs: readonly Capability[], session: Session): string | undefined {
  const { counters, faultAdmin, stack, api, address } = session;
  const has = new Set<Capability>();
  if (counters.kind !== 'none') has.add('counters');
  if (faultAdmin !== undefined) has.add('faults');
  if (stack !== undefined) has.add('stack');
  if (proxyFor(new URL(address), process.env) === undefined) has.add('direct');
  return whyMissing(needs, api, has);
}
