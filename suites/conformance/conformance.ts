import { checkTask } from '../runner/check-task.ts';
import type { Suite } from '../runner/task.ts';
import { checks } from './checks/index.ts';

/** What a service says over HTTP, held against what its document says. */
export const conformance: Suite = {
  name: 'conformance',
  about: 'wire behaviour: answers, errors, limits, probes, log lines, the cache',
  checks,
  // In the order of the list, so that those of one topology follow each other, and those that harm come last.
  tasks: (session) =>
    checks.flatMap((check) =>
      session.checks
        .filter((planned) => planned.check === check.id)
        .flatMap((planned) => checkTask(check, planned, session)),
    ),
};
