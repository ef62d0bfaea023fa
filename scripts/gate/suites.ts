import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { createVitest, type Reporter, type TestCase, type TestModule } from 'vitest/node';
import { endingSignals } from '../../fixtures/ending-signals.ts';
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
  const handlers = endingHandlers();
  const vitest = await createVitest(
    { config: resolve(repository, 'suites/vitest.config.ts'), watch: false, reporters: [collector], provide: { session } },
    {},
    { stdout: toStandardError(), stderr: toStandardError() },
  );
  removeHandlersBut(handlers);
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

/** Takes what checks print. Were it standard error itself, Vitest would wait for ever once its reader has gone. */
function toStandardError(): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      process.stderr.write(chunk);
      done();
    },
  });
}

/** Beside signals, what Vitest ends the process on; here that is the gate's to decide. */
const rejection = 'unhandledRejection';

function endingHandlers(): Set<unknown> {
  return new Set<unknown>([...endingSignals.flatMap((name) => process.listeners(name)), ...process.listeners(rejection)]);
}

function removeHandlersBut(known: ReadonlySet<unknown>): void {
  for (const name of endingSignals) {
    for (const handler of process.listeners(name)) if (!known.has(handler)) process.off(name, handler);
  }
  for (const handler of process.listeners(rejection)) if (!known.has(handler)) process.off(rejection, handler);
}
