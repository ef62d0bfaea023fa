import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom stands once, as a table in docs/architecture.md; the code is held against it. */

const root = resolve(import.meta.dirname, '..');
const rows = readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(
  /^\| `([\w-]+)\/` \|[^|]*\| ([^|]*) \|$/gm,
);
const allowed = new Map(
  [...rows].map(([, folder = '', list = '']) => [
    folder,
    [...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
  ]),
);

const statement = /(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;
const isTest = (file: string) => /\.(test|testing|suite)\.ts$|vitest\.config\.ts$/.test(file);

/** Imports of every source file that is no test, by paths in the repository; type-only and dynamic ones too. */
const imports = new Map(
  [...allowed.keys()]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((file) => /\.(ts|mjs)$/.test(file) && !isTest(file) && !/(^|\/)build\//.test(file))
    .map((file) => [file, importsOf(file)]),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(statement)].map(([, path = '']) =>
    relative(root, resolve(root, dirname(file), path)),
  );
}

const top = (path: string) => path.slice(0, path.indexOf('/'));

/** Everything that is reached from one node, itself only where there is a way back. */
function reached(from: string, edges: ReadonlyMap<string, Iterable<string>>): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const to of edges.get(next) ?? []) {
      if (!seen.has(to)) open.push(to);
      seen.add(to);
    }
  }
  return seen;
}

function inCycles(edges: ReadonlyMap<string, Iterable<string>>): string[] {
  return [...edges.keys()].filter((node) => reached(node, edges).has(node));
}

test('the table names every folder with code', () => {
  const withCode = readdirSync(root, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() &&
        !entry.name.startsWith('.') &&
        !['node_modules', 'runs', 'docs'].includes(entry.name),
    )
    .map(({ name }) => name);
  expect([...allowed.keys()].sort()).toEqual(withCode.sort());
});

test('folders import only those that the table allows', () => {
  const wrong = [...imports].flatMap(([file, paths]) =>
    paths
      .filter((path) => top(path) !== top(file) && !allowed.get(top(file))?.includes(top(path)))
      .map((path) => `${file} → ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('no cycles between files', () => {
  expect(inCycles(imports)).toEqual([]);
});

test('no cycles between folders', () => {
  const folders = new Map<string, Set<string>>();
  for (const [file, paths] of imports) {
    const own = folders.get(dirname(file)) ?? new Set();
    folders.set(dirname(file), own);
    for (const path of paths) if (dirname(path) !== dirname(file)) own.add(dirname(path));
  }
  expect(inCycles(folders)).toEqual([]);
});

/** Packages and files that a file loads at once: neither types only, nor what is imported when it is needed. */
function loadedBy(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/\bimport type\b[^;]*;/g, '');
  return [
    ...text.matchAll(/(?:^|\n)(?:import|export)\b[^;]*?from '([^']+)'|(?:^|\n)import '([^']+)'/g),
  ].map(([, from, bare]) => {
    const path = from ?? bare ?? '';
    return path.startsWith('.') ? relative(root, resolve(root, dirname(file), path)) : path;
  });
}

test('what judging a URL needs loads no Docker client, nothing that starts a stack, and no dashboards', () => {
  const edges = new Map([...imports.keys()].map((file) => [file, loadedBy(file)]));
  const loaded = [
    ...reached('scripts/gate/gate.ts', edges),
    ...reached('scripts/gate/options.ts', edges),
  ];
  expect(loaded).toContain('traffic/k6.ts');
  expect(
    loaded.filter((one) =>
      /^testcontainers|^dockerode|^@grafana|^fixtures\/(stack|images|runtime\/containers)|^reference-server/.test(
        one,
      ),
    ),
  ).toEqual([]);
});
