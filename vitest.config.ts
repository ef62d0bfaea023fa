import { defineConfig } from 'vitest/config';

const everywhere = (suffix: string) => [
  `{slo,profiles,dialects,alerts,evidence,machine,traffic,reference-server,fixtures,suites,report,scripts}/**/*${suffix}`,
];

/** Kinds of tests that are no unit tests, by the end of their files' names. */
const command = everywhere('.command.test.ts');
const browser = everywhere('.browser.test.ts');
const parts = everywhere('.parts.test.ts');
const stack = everywhere('.stack.test.ts');

/** Time for whatever starts processes. */
const patient = { testTimeout: 300_000, hookTimeout: 300_000 };
/**
 * Tests that measure what this machine does under load run one file at a time, after the others: it must not be each other. Groups run one after
 * the other, from 1 on: Vitest puts what has one worker and no order (0) last.
 */
const alone = { ...patient, fileParallelism: false };

/**
 * unit: pure code, and servers inside the test's own process · command: our scripts as child processes that send no load, so that several
 * files run at once · browser: reports in Chromium · parts: real parts are started and ended (Prometheus, HAProxy, Redis, Docker, gates), and
 * what is measured meanwhile does not matter, so that several files run at once · stack: what real parts do under load, measured · suites: the checks themselves, on a reference stack that their own set-up brings up.
 */
export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere('.test.ts'),
          exclude: [...command, ...browser, ...parts, ...stack],
          maxWorkers: '100%',
          // None of them is about time; on a busy machine some take as many seconds.
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'command',
          include: command,
          ...patient,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'browser',
          include: browser,
          ...patient,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'parts',
          include: parts,
          ...patient,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      { test: { name: 'stack', include: stack, ...alone, sequence: { groupOrder: 3 } } },
      './suites/vitest.config.ts',
    ],
  },
});
