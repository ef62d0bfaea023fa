import type { CounterSource } from '../../evidence/counter-source.ts';
import { redactor } from '../../evidence/redact.ts';
import type { RunFolder } from '../../evidence/writer.ts';
import type { FaultAdminAddress } from '../../fixtures/fault-admin.ts';
import type { Fault } from '../../fixtures/faults.ts';
import type { LentStack } from '../../fixtures/lent-stack.ts';
import type { StackLender } from '../../fixtures/stack-lender.ts';
import type { PlannedCheck } from '../../slo/check-record.ts';
import type { ProfilePlan } from '../../slo/judge/plan.ts';
import type { ScenarioProgress } from '../../slo/judge/scenario.ts';
import type { LoadSettings } from '../../slo/load-settings.ts';
import type { Api } from '../../slo/profile.ts';
import type { Stop } from '../../slo/verdict.ts';
import type { ClientSettings } from '../../traffic/client.ts';
import type { RunLoad } from '../../traffic/load-spec.ts';
import { secretsOnTheWay } from '../../traffic/proxy.ts';
import type { Numbers } from './numbers.ts';

/** What is judged, as it is reached. */
export interface Service {
  /** Base URL as this process reaches it. */
  address: string;
  counters: CounterSource;
  /** Absent for a service that is not ours. */
  stack?: LentStack;
  /** Where faults are switched; absent for a service that is not ours. Holds a secret. */
  faultAdmin?: FaultAdminAddress;
}

/** What the suites are lent: one profile's plan, the service that is judged, and the record of the run. */
export interface Session extends Service {
  /** Of the profile with `--rate`, `--api` and `--model` applied. */
  plan: ProfilePlan;
  /** What is to be done of the profile beside load. */
  checks: readonly PlannedCheck[];
  settings: LoadSettings;
  record: RunFolder;
  numbers: Numbers;
  /** Base URL as the load generator reaches it. */
  url: string;
  api: Api;
  model: string;
  load: RunLoad;
  /** May hold secrets, so a session is never written to disk. */
  client: ClientSettings;
  bodies?: string[];
  /** Seeded on purpose. Those without a window are on already. */
  faults: readonly Fault[];
  /** Brings up stacks of other topologies; absent for a service that is not ours. */
  lender?: StackLender;
  onProgress: (event: ProgressEvent) => void;
  /** Told which task of how many of a suite begins. */
  onTask?: (task: { suite: string; id: string; at: number; of: number }) => void;
}

/**
 * What goes on in a scenario, in this order: the load generator starts, requests flow, the last answers come in, the load has ended, the
 * service's own counters are read, all is done. Times are those of the phase; `plannedMs` is the most that it takes.
 */
export type ProgressEvent = { scenario: string } & (
  | { phase: 'starting'; elapsedMs: number }
  | { phase: 'warmup' | 'counters'; elapsedMs: number; plannedMs: number }
  | {
      phase: 'judged' | 'last-answers';
      elapsedMs: number;
      plannedMs: number;
      progress: ScenarioProgress;
    }
  | { phase: 'ended'; elapsedMs: number; stop: Stop }
  | { phase: 'done' }
);

/** Takes what is secret out of what others say. */
export function secretsRedactor({
  address,
  counters,
  client,
  faultAdmin,
  stack,
}: Pick<Session, 'address' | 'counters' | 'client' | 'faultAdmin' | 'stack'>): (
  text: string,
) => string {
  const secrets = [
    ...secretsOnTheWay(address, client.headers, counters.kind === 'none' ? undefined : counters),
    ...(faultAdmin === undefined ? [] : [faultAdmin.token]),
    ...(stack?.cache === undefined ? [] : [stack.cache.password]),
  ];
  return redactor(secrets, { foreign: true });
}

/** Milliseconds since the run's epoch. */
export function now({ record }: Pick<Session, 'record'>): number {
  return Date.now() - record.run.epochMs;
}
