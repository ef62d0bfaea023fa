import { resolve } from 'node:path';
import { createVitest, type Reporter, type TestCase, type TestModule } from 'vitest/node';
import type { Session } from '../../fixtures/session.ts';
import type { Decision } from '../../slo/verdict.ts';
import '../../suites/context.ts';

const repository = resolve(import.meta.dirname, '../..');

/** What the checks said, for comparison with the verdicts that the evidence gives, and what crashed. */
export interface SuiteOutcome {
  decisions: Map<string, Decision>;
  /** Crashes of checks, with their stack traces. */
  crashes: string[];
}

/** Collects what the tests say; prints nothing, the gate's own output does that. */
class Collector implements Reporter {
  readonly outcome: SuiteOutcome = { decisions: new Map(), crashes: [] };

  onTestCaseResult(test: TestCase): void {
    const { verdict } = test.meta();
    if (verdict !== undefined) this.outcome.decisions.set(verdict.target, verdict.decision);
    for (const error of test.result().errors ?? []) {
      if (error.name !== 'VerdictError') this.outcome.crashes.push(`${test.fullName}: ${error.stack ?? error.message}`);
    }
  }

  onTestModuleEnd(module: TestModule): void {
    for (const error of module.errors()) this.outcome.crashes.push(`${module.moduleId}: ${error.stack ?? error.message}`);
  }
}

/**
 * Runs the suites against one session through Vitest's Node API (its CLI runs no teardown when it is interrupted).
 * When `signal` aborts, the running check's own signal aborts and the others are not started.
 */
export async function runSuites(session: Session, signal: AbortSignal): Promise<SuiteOutcome> {
  const collector = new Collector();
  const exitCode = process.exitCode;
  const handlers = signalHandlers();
  const vitest = await createVitest({
    config: resolve(repository, 'suites/vitest.config.ts'),
    watch: false,
    reporters: [collector],
    provide: { session },
  });
  // Vitest would end the process on a signal; here that is the gate's to decide.
  for (const [name, handler] of signalHandlers()) {
    if (!handlers.some(([, known]) => known === handler)) process.off(name, handler);
  }
  const cancel = () => void vitest.cancelCurrentRun('keyboard-input');
  signal.addEventListener('abort', cancel);
  try {
    if (!signal.aborted) await vitest.start();
    for (const error of vitest.state.getUnhandledErrors()) {
      collector.outcome.crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    return collector.outcome;
  } finally {
    signal.removeEventListener('abort', cancel);
    await vitest.close();
    // Vitest marks the process as failed when a test fails; here the verdicts decide that.
    process.exitCode = exitCode;
  }
}

function signalHandlers(): [NodeJS.Signals, NodeJS.SignalsListener][] {
  const names = ['SIGINT', 'SIGTERM'] as const;
  return names.flatMap((name) =>
    process.listeners(name).map((handler): [NodeJS.Signals, NodeJS.SignalsListener] => [name, handler]),
  );
}
