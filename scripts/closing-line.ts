import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints why each skipped test was skipped, then one plain line: `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: ReturnType<TestCase['result']>['state']) =>
      tests.filter((test) => test.result().state === state).length;
    for (const test of tests) {
      const result = test.result();
      if (result.state === 'skipped')
        process.stdout.write(`skipped: ${test.fullName}: ${result.note ?? 'no reason given'}\n`);
    }
    // A module that cannot be loaded and a set-up that throws have no tests to fail, and an error outside every test is nobody's: all count.
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = groups.filter((group) => group.errors().length > 0).length + unhandled.length;
    process.stdout.write(
      `${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped\n`,
    );
  }
}
