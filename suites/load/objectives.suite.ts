import { describe, inject, test } from 'vitest';
import '../context.ts';
import { planRun } from '../../slo/judge/plan.ts';
import { type ObjectiveVerdict, worst } from '../../slo/verdict.ts';
import { settle } from '../verdict-error.ts';
import { drive } from './drive.ts';

const session = inject('session');
const plan = planRun(session.profiles, session.only);

describe.for(plan.profiles)('$profile.id', ({ profile, scenarios, targets }) => {
  const verdicts = new Map<string, ObjectiveVerdict>();

  test.for(scenarios)('drives $name', async (scenario, { signal }) => {
    for (const verdict of await drive(session, plan, profile, scenario, signal)) verdicts.set(verdict.id, verdict);
  });

  test.for(targets)('$id: $statement', ({ id, objectives }, { task }) => {
    const own = objectives.map((objective) => {
      const verdict = verdicts.get(objective.id);
      if (verdict === undefined) throw new Error(`${objective.id} was not judged: its scenario did not run to its end`);
      return verdict;
    });
    task.meta.verdict = { target: `${profile.id}/${id}`, decision: worst(own.map(({ decision }) => decision)) };
    settle(id, own);
  });
});
