import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Run, runFiles } from './run.ts';

/** SHA-256 (hex) of each evidence file by its path inside the folder, `/` between names: records, series and logs. */
export async function hashEvidence(dir: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of evidenceFiles(dir)) hashes[path] = await hashFile(join(dir, path));
  return hashes;
}

/** SHA-256 (hex) of `run.json` as it was parsed, without the seal's own hash. Independent of white space, not of the order of keys. */
export function hashRun(run: object): string {
  const sealed: unknown = Reflect.get(run, 'sealed');
  const rest =
    typeof sealed === 'object' && sealed !== null
      ? { ...run, sealed: { ...sealed, self: undefined } }
      : run;
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

/** Adds the seal to a run; the evidence must not change any more. */
export function sealRun(run: Run, seal: Omit<NonNullable<Run['sealed']>, 'self'>): Run {
  const unsigned = { ...run, sealed: { ...seal, self: '' } };
  return { ...unsigned, sealed: { ...unsigned.sealed, self: hashRun(unsigned) } };
}

function evidenceFiles(dir: string): string[] {
  const folders: string[] = [runFiles.series, runFiles.logs];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path.endsWith('.ndjson.gz') || folders.includes(path.split('/')[0] ?? ''))
    .sort();
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
