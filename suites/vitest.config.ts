import { defineConfig } from 'vitest/config';

/** The checks themselves. One worker thread at a time: checks that load the same stack must not overlap. */
export default defineConfig({
  test: {
    name: 'suites',
    root: import.meta.dirname,
    include: ['**/*.suite.ts'],
    pool: 'threads',
    fileParallelism: false,
    sequence: { groupOrder: 4 },
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
  },
});
