import { type TestContext, test } from 'vitest';

/** `npm run test:all` sets it; `npm test` runs the short forms. */
export const isLong = process.env['TAILGATE_TESTS'] === 'all';

/** A test of the long form alone. The short form skips it, and so names it at its end. */
export function longTest(name: string, body: () => Promise<void>): void {
  test(name, ({ skip }: TestContext) => {
    if (!isLong) skip('left out of the short form; npm run test:all runs it');
    return body();
  });
}
