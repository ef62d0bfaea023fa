import { defineConfig } from 'vitest/config';

const everywhere = (suffix: string) => [
  `{slo,evidence,autoscaler,reference-server,fixtures,report,scripts,alerts,dashboards,deploy}/**/*${suffix}`,
];

/** Tests that load this machine run one file at a time, and after the others: what they measure must not be each other. */
const alone = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 };

/**
 * unit: pure code, and servers inside the test's own process · browser: reports in Chromium · stack: real parts (k6, Prometheus, HAProxy,
 * Redis, Docker, the gate as a child process) · suites: the checks themselves, on a reference stack that their own set-up brings up.
 */
export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere('.test.ts'),
          exclude: [...everywhere('.stack.test.ts'), ...everywhere('.browser.test.ts')],
          sequence: { groupOrder: 0 },
        },
      },
      { test: { name: 'browser', include: everywhere('.browser.test.ts'), ...alone, sequence: { groupOrder: 1 } } },
      { test: { name: 'stack', include: everywhere('.stack.test.ts'), ...alone, sequence: { groupOrder: 2 } } },
      './suites/vitest.config.ts',
    ],
  },
});
