import type { CounterSource } from '../evidence/prometheus-series.ts';
import type { RunFolder } from '../evidence/writer.ts';
import type { FaultAdminAddress } from '../fixtures/fault-admin.ts';
import type { Fault } from '../fixtures/faults.ts';
import type { ProfilePlan } from '../slo/judge/plan.ts';
import type { ObjectiveProgress } from '../slo/judge/scenario.ts';
import type { LoadSettings } from '../slo/load-settings.ts';
import type { ClientSettings } from '../traffic/client.ts';
import type { RunLoad } from '../traffic/load-spec.ts';

/** What the checks are lent: one profile's plan, the service that is judged, and the record of the run. */
export interface Session {
  /** Of the profile with `--rate`, `--api` and `--model` applied. */
  plan: ProfilePlan;
  settings: LoadSettings;
  record: RunFolder;
  /** Base URL as the load generator reaches it. */
  url: string;
  load: RunLoad;
  /** May hold secrets, so a session is never written to disk. */
  client: ClientSettings;
  bodies?: string[];
  counters: CounterSource;
  /** Seeded on purpose. Those that are always on are so already. */
  faults: readonly Fault[];
  /** Where they are switched; absent for a service that is not ours. Holds a secret. */
  faultAdmin?: FaultAdminAddress;
  onProgress: (event: ProgressEvent) => void;
}

/** Progress of a scenario. */
export interface ProgressEvent {
  scenario: string;
  elapsedMs: number;
  plannedMs: number;
  phase: 'warmup' | 'judged' | 'ended';
  objectives: ObjectiveProgress[];
}
