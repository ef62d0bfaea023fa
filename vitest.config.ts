import { defineConfig } from 'vitest/config';

const everywhere = (suffix: string) => [
  `{slo,evidence,autoscaler,reference-server,fixtures,report,scripts,alerts,dashboards,deploy}/**/*${suffix}`,
];

/**
 * unit: pure code, and servers inside the test's own process · stack: real parts (k6, Prometheus, HAProxy, Redis, Docker, the gate as
 * a child process) · browser: reports in Chromium · suites: the checks themselves, on a stack that the gate or their own set-up brings up.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere('.test.ts'),
          exclude: [...everywhere('.stack.test.ts'), ...everywhere('.browser.test.ts')],
        },
      },
      {
        test: {
          name: 'stack',
          include: everywhere('.stack.test.ts'),
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          include: everywhere('.browser.test.ts'),
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
