import { checkTask } from '../runner/check-task.ts';
import type { Suite } from '../runner/task.ts';
import { checks } from './checks/index.ts';

/** What a service says over HTTP, held against what its document says. */
export const conformance: Suite = {
  name: 'conformance',
  about: 'wire behaviour: answers, errors, limits, probes, log lines, the cache',
  checks,
  tasks: (session) =>
    session.checks.flatMap((planned) => {
      const check = checks.find(({ id }) => id === planned.check);
      return check === undefined ? [] : checkTask(check, planned, session);
    }),
};
