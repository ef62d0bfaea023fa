import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Problem } from './problems.ts';
import type { TextProblem } from './text.ts';

/** Where a problem stands in the text: at the value, or at the key when the key is wrong or the value spans lines. */
export function offsetOf(document: Document, { path, atKey }: Problem): number {
  return find(document, path, atKey).at;
}

/** How a value without quotes is written, where that may be in several ways: `2.10`, `~`. */
export function spellingOf(document: Document, path: readonly PropertyKey[]): string | undefined {
  const { node } = find(document, path, false);
  return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
}

/** Merge keys (`<<`) of what cannot be merged. */
export function wrongMerges(document: Document): TextProblem[] {
  const message = '<<: what is merged must be keys with values, or *name for an anchor of such';
  const found: TextProblem[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (!mergedIn(document, pair).every(isMap)) found.push({ at: start(pair.key) ?? 0, message });
    },
  });
  return found;
}

/** Numbers that JSON cannot carry as they are written: what is sent would be another. */
export function wrongNumbers(document: Document): TextProblem[] {
  const found: TextProblem[] = [];
  visit(document, {
    Scalar: (_, { value, source = '', range }) => {
      if (typeof value !== 'number') return;
      const isKept = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
      if (!isKept)
        found.push({ at: range?.[0] ?? 0, message: `${source} is no number that JSON can carry` });
    },
  });
  return found;
}

function find(
  document: Document,
  path: readonly PropertyKey[],
  atKey: boolean,
): { at: number; node: Node | null } {
  let node = resolved(document, document.contents);
  let at = start(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    let next: unknown;
    if (isMap(node)) {
      const pair = pairOf(document, node, step);
      const isKeyWanted = atKey && depth === path.length - 1;
      next = resolved(document, pair?.value);
      at = start(isKeyWanted || !isScalar(next) ? pair?.key : next) ?? at;
    } else if (isSeq(node)) {
      next = node.items[Number(step)];
      at = start(next) ?? at;
    }
    node = resolved(document, next);
    if (node === null) break;
  }
  return { at, node };
}

/** The pair of a key: the map's own, or one that is merged into it. */
function pairOf(document: Document, map: YAMLMap, step: PropertyKey): Pair | undefined {
  const own = map.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (own !== undefined) return own;
  for (const source of map.items.flatMap((pair) => mergedIn(document, pair))) {
    const merged = isMap(source) ? pairOf(document, source, step) : undefined;
    if (merged !== undefined) return merged;
  }
  return undefined;
}

/** What a pair merges into its map: nothing, unless its key is `<<`. */
function mergedIn(document: Document, { key, value }: Pair): (Node | null)[] {
  if (!isScalar(key) || typeof key.value !== 'symbol') return [];
  const merged = resolved(document, value);
  return isSeq(merged) ? merged.items.map((item) => resolved(document, item)) : [merged];
}

function resolved(document: Document, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? null;
  return isNode(node) ? node : null;
}

function start(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
