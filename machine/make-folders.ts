import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing; returns the uppermost one that was made. Throws what the system says of the one
 * that cannot be made: Node's own way says "no such file or directory" of a disk that is read only, and never ends below `/proc`.
 */
export function makeFolders(path: string, mode?: number): string | undefined {
  const error = attempt(path, mode);
  if (error === undefined) return path;
  if (isFolder(path)) return undefined;
  if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
  const first = makeFolders(dirname(path), mode);
  const again = attempt(path, mode);
  if (again !== undefined && !isFolder(path)) throw again;
  return first ?? path;
}

function attempt(path: string, mode: number | undefined): unknown {
  try {
    mkdirSync(path, { mode });
    return undefined;
  } catch (error) {
    return error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
