import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apis } from './apis/index.ts';
import { systems } from './systems/index.ts';

test.each([
  ['apis', ['index.ts', 'api.ts', 'inference-route.ts']],
  ['systems', ['index.ts', 'system.ts']],
])('whatever is in %s is in its list', (folder, others) => {
  const path = join(import.meta.dirname, folder);
  const list = readFileSync(join(path, 'index.ts'), 'utf8');
  const listed = [...list.matchAll(/^import \{.*'\.\/(.*)';$/gm)].map(([, file]) => file);
  expect(listed.toSorted()).toEqual(
    readdirSync(path)
      .filter((file) => !others.includes(file))
      .toSorted(),
  );
});

test.each(Object.keys(apis))('%s is spoken by some system', (api) => {
  expect(systems.some((system) => system.apis.some((name) => name === api))).toBe(true);
});
