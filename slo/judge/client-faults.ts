import type { ClientFault } from '../reason.ts';
import type { LocalLimit } from '../sample.ts';
import type { ScenarioRecord } from '../scenario-record.ts';
import type { Judged } from './objective.ts';
import { clientLimits } from './rules.ts';

/** What the recorded requests say of our own client. */
export interface ClientSeen {
  /** Requests that never left our machine, by the limit that they met. */
  limits: ReadonlyMap<LocalLimit, number>;
  gapMs: number;
  disordered: number;
}

/** What our own client did wrong while it drove a scenario; empty when its measurement can be trusted. */
export function clientFaults(
  record: ScenarioRecord,
  judged: Judged,
  seen: ClientSeen,
): ClientFault[] {
  const { client } = record;
  const faults = [...limitFaults(seen), ...brokenGenerator(record)];
  if (client !== undefined && client.dropped > 0)
    faults.push({ code: 'dropped', requests: client.dropped });
  if (judged.late > clientLimits.lateShare * judged.requests)
    faults.push({ code: 'late', requests: judged.late, of: judged.requests });
  faults.push(...clockFaults(record, judged, seen), ...stoodStill(record));
  if (client !== undefined && client.loopLagP99Ms > clientLimits.loopLagP99Ms)
    faults.push({ code: 'starved', loopLagP99Ms: client.loopLagP99Ms });
  return faults;
}

/**
 * Our own machine met its limits. What the others met is then what the limit let through: neither a pass nor a fail can rest on that.
 */
export function limitFaults({ limits }: ClientSeen): ClientFault[] {
  return [...limits].map(([limit, requests]) => ({ code: 'local-limit', limit, requests }));
}

/** Times measured by such a clock mean nothing: neither a pass nor a fail can rest on them. */
export function clockFaults(
  { client }: ScenarioRecord,
  judged: Judged,
  pace: ClientSeen,
): ClientFault[] {
  const faults: ClientFault[] = [];
  if (client !== undefined && Math.abs(client.clockJumpMs) > clientLimits.clockJumpMs)
    faults.push({ code: 'clock-jump', ms: client.clockJumpMs });
  if (pace.gapMs > 0) faults.push({ code: 'gap', ms: pace.gapMs });
  const impossible = judged.impossible + pace.disordered;
  if (impossible > 0) faults.push({ code: 'impossible-times', requests: impossible });
  return faults;
}

/** Arrivals at set times are late where the client stood still, and are counted as that; clients that wait only ask for less. */
function stoodStill({
  client,
  scenario,
  startedAt,
  endedAt = startedAt,
}: ScenarioRecord): ClientFault[] {
  const ms = client?.stoodStillMs ?? 0;
  const ofMs = endedAt - startedAt;
  const matters = scenario.arrivals.shape === 'closed' && ms > clientLimits.lateShare * ofMs;
  return matters ? [{ code: 'stood-still', ms, ofMs }] : [];
}

function brokenGenerator({ stop, failure, client }: ScenarioRecord): ClientFault[] {
  if (failure !== undefined) return [{ code: 'generator-failed', detail: failure }];
  if (stop === 'client-failed') return [{ code: 'generator-failed' }];
  if (client === undefined) return [];
  const { exitCode, signal } = client;
  const allowed: readonly number[] = clientLimits.exitCodes;
  if (exitCode !== null && !allowed.includes(exitCode))
    return [{ code: 'generator-exit', exitCode }];
  // Ending it by a signal is how an early stop is asked for.
  const asked: readonly (typeof stop)[] = ['decided', 'no-answer', 'client-limit', 'interrupted'];
  return signal !== null && !asked.includes(stop) ? [{ code: 'generator-signal', signal }] : [];
}
