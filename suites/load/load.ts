import type { PlannedScenario } from '../../slo/judge/plan.ts';
import { loadSuite, timeoutMs } from '../../slo/judge/plan.ts';
import { plannedMs } from '../../slo/load-settings.ts';
import type { Session } from '../runner/session.ts';
import type { Suite, Task } from '../runner/task.ts';
import { countsAgree } from './checks/counts-agree.ts';
import { drive } from './drive.ts';

/** One task for each scenario: drive it, and record what its requests met. Its objectives are decided by that. */
export const load: Suite = {
  name: loadSuite,
  about: 'latency percentiles, error rates, throughput and cache hits, under load',
  checks: [countsAgree],
  tasks: (session) => session.plan.scenarios.map((planned) => scenarioTask(session, planned)),
};

/** For starting the load generator, and for a Prometheus that is not ours and scrapes once a minute. */
const besideLoadMs = 150_000;

function scenarioTask({ plan, settings, faults }: Session, planned: PlannedScenario): Task {
  const loadMs =
    settings.warmupMs + plannedMs(settings, planned.scenario) + timeoutMs(plan.profile);
  return {
    id: `drives ${planned.qualified}`,
    needs: faults.length > 0 ? ['faults'] : [],
    withinMs: loadMs + besideLoadMs,
    run: (session, signal) => drive(session, planned, signal),
  };
}
