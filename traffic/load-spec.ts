import type { Scenario } from '../slo/profile.ts';
import type { Sample, StartMark } from '../slo/sample.ts';
import type { ClientHealth, ScenarioSetup } from '../slo/scenario-record.ts';
import type { ClientSettings } from './client.ts';

/** Everything the load generator must know to drive one scenario. Plain data: it is handed to the k6 script as JSON. */
export interface LoadSpec
  extends ClientSettings,
    Pick<Scenario, 'api' | 'model' | 'payloads' | 'arrivals'>,
    Pick<ScenarioSetup, 'warmupMs' | 'plannedMs' | 'timeoutMs'> {
  /** `<profile id>/<scenario name>`; goes into every sample. */
  scenario: string;
  /** Base URL, without the API's path. */
  url: string;
  /** Bodies to send instead of generated ones (`--payloads`), each a JSON text. */
  bodies?: readonly string[];
  seed: number;
  /** Name of the route, goes into every sample. */
  route: string;
  /** Unix milliseconds that sample times are relative to. */
  epochMs: number;
}

/** What the load generator says while it runs. */
export type TrafficEvent = { kind: 'start'; mark: StartMark } | { kind: 'end'; sample: Sample };

/** How it ended: by itself, because it was stopped, or broken. Only the last is our own fault. */
export interface LoadResult {
  end: 'finished' | 'stopped' | 'failed';
  client: ClientHealth;
  failure?: string;
}

/**
 * Runs one plan to its end, or until `signal` aborts. Requests still open then are reported as `cut` before it resolves.
 * Throws a `SuiteError` only if nothing could be started.
 */
export type RunLoad = (
  plan: LoadSpec,
  onEvent: (event: TrafficEvent) => void,
  signal: AbortSignal,
) => Promise<LoadResult>;
