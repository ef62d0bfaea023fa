import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorCodes } from './errors.ts';

test('docs/errors.md lists exactly the codes that exist', () => {
  const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  expect(listed).toEqual(Object.keys(errorCodes));
});
