import type { ScenarioRecord } from '../scenario-record.ts';
import { clientLimits } from './rules.ts';
import { count, percent } from './words.ts';

/** What our own client did wrong while it drove a scenario, in words; empty when its measurement can be trusted. */
export function clientFaults(record: ScenarioRecord, judged: number, late: number): string[] {
  const faults: string[] = [];
  const { client } = record;
  const broke = brokenGenerator(record);
  if (broke !== undefined) faults.push(broke);
  if (client !== undefined && client.dropped > 0) faults.push(`${count(client.dropped)} arrivals were due and never sent`);
  if (late > clientLimits.lateShare * judged) {
    faults.push(`${percent(late / judged)} of the requests were sent late (at most ${percent(clientLimits.lateShare)} may)`);
  }
  if (clockJumped(record)) faults.push(`the clock jumped by ${client?.clockJumpMs.toFixed(0)} ms while the load flowed`);
  if (client !== undefined && client.loopLagP99Ms > clientLimits.loopLagP99Ms) {
    faults.push(`our own process was starved (event loop ${client.loopLagP99Ms.toFixed(0)} ms late at its 99th percentile)`);
  }
  return faults;
}

/** Times measured across a clock jump mean nothing, not even a fail. */
export function clockJumped({ client }: ScenarioRecord): boolean {
  return client !== undefined && Math.abs(client.clockJumpMs) > clientLimits.clockJumpMs;
}

function brokenGenerator({ stop, failure, client }: ScenarioRecord): string | undefined {
  if (failure !== undefined) return `the load generator failed: ${failure}`;
  if (stop === 'client-failed') return 'the load generator failed';
  if (client === undefined) return undefined;
  const { exitCode, signal } = client;
  const allowed: readonly number[] = clientLimits.exitCodes;
  if (exitCode !== null && !allowed.includes(exitCode)) return `the load generator ended with exit code ${exitCode}`;
  // Ending it by a signal is how an early stop is asked for.
  if (signal !== null && stop !== 'decided' && stop !== 'interrupted') return `the load generator was ended by ${signal}`;
  return undefined;
}
