import type { PlannedScenario } from '../../slo/judge/plan.ts';
import { timeoutMs } from '../../slo/judge/plan.ts';
import { plannedMs } from '../../slo/load-settings.ts';
import type { Check, Suite } from '../check.ts';
import type { Session } from '../session.ts';
import { drive } from './drive.ts';

/** One check for each scenario: drive it, and record what its requests met. */
export const load: Suite = {
  name: 'load',
  checks: (session) => session.plan.scenarios.map((planned) => scenarioCheck(session, planned)),
};

/** For starting the load generator, and for a Prometheus that is not ours and scrapes once a minute. */
const besideLoadMs = 150_000;

function scenarioCheck({ plan, settings, faults }: Session, planned: PlannedScenario): Check {
  const loadMs =
    settings.warmupMs + plannedMs(settings, planned.scenario) + timeoutMs(plan.profile);
  return {
    id: `drives ${planned.qualified}`,
    needs: faults.length > 0 ? ['faults'] : [],
    withinMs: loadMs + besideLoadMs,
    run: (session, signal) => drive(session, planned, signal),
  };
}
