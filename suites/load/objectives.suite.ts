import { afterAll, describe, inject, test } from 'vitest';
import '../context.ts';
import { planProfile } from '../../slo/judge/plan.ts';
import { type ObjectiveVerdict, worst } from '../../slo/verdict.ts';
import { openSession } from '../open-session.ts';
import { settle } from '../verdict-error.ts';
import { drive } from './drive.ts';

const { session, close } = await openSession(inject('session'));
const { profile } = session;
const plan = planProfile(profile, session.only, session.alphaFail);

afterAll(close);

describe(profile.id, () => {
  const verdicts = new Map<string, ObjectiveVerdict>();

  test.for(plan.scenarios)('drives $name', async (scenario, { signal }) => {
    for (const verdict of await drive(session, plan, scenario, signal)) verdicts.set(verdict.id, verdict);
  });

  test.for(plan.targets)('$id: $statement', ({ id, objectives }, { task }) => {
    const own = objectives.map((objective) => {
      const verdict = verdicts.get(objective.id);
      if (verdict === undefined) throw new Error(`${objective.id} was not judged: its scenario did not run to its end`);
      return verdict;
    });
    task.meta.verdict = { target: `${profile.id}/${id}`, decision: worst(own.map(({ decision }) => decision)) };
    settle(id, own);
  });
});
