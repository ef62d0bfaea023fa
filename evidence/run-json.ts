import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SuiteError, usageError } from '../slo/errors.ts';
import { type Run, runFiles, runSchema, runSchemaVersion } from './run.ts';

/**
 * `run.json` as it stands; `raw` is what its own hash is taken over. Throws `EVIDENCE_UNREADABLE`, and `USAGE` for one of another
 * schema version.
 */
export function readRunJson(dir: string): { run: Run; raw: object } {
  const path = join(dir, runFiles.run);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SuiteError(
      'EVIDENCE_UNREADABLE',
      `${dir} is not a run folder: ${path} cannot be read.`,
      { cause },
    );
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new SuiteError(
      'EVIDENCE_UNREADABLE',
      `${path} is not JSON: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
  const version = versionSchema.safeParse(raw).data?.schemaVersion;
  if (version !== undefined && version !== runSchemaVersion) {
    throw usageError(
      `${path} has schemaVersion ${version}, and this version of Tailgate reads ${runSchemaVersion}. The version that recorded the run can judge it; "tailgate" in the file names it.`,
    );
  }
  const parsed = runSchema.safeParse(raw);
  if (!parsed.success || typeof raw !== 'object' || raw === null) {
    const why = parsed.error === undefined ? 'it is no object' : z.prettifyError(parsed.error);
    throw new SuiteError('EVIDENCE_UNREADABLE', `${path} is not what a run writes: ${why}`);
  }
  return { run: parsed.data, raw };
}

const versionSchema = z.looseObject({ schemaVersion: z.number() });

/** Replaces `run.json` as a whole: after a crash there is the old one or the new one. Throws `EVIDENCE_WRITE_FAILED`. */
export function writeRunJson(dir: string, run: Run): void {
  writeWhole(join(dir, runFiles.run), `${JSON.stringify(run, null, 2)}\n`);
}

/** Writes a file of the run folder under another name first, so that a half-written one is never seen. Throws `EVIDENCE_WRITE_FAILED`. */
export function writeWhole(path: string, text: string): void {
  const fresh = `${path}.${process.pid}.new`;
  try {
    const file = openSync(fresh, 'w');
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (cause) {
    removeIfThere(fresh);
    const why = cause instanceof Error ? cause.message : String(cause);
    const kept = existsSync(path) ? ' What was there is kept.' : '';
    throw new SuiteError('EVIDENCE_WRITE_FAILED', `${path} cannot be written: ${why}.${kept}`, {
      cause,
    });
  }
}

/** Where nothing can be written, nothing can be removed either; why it cannot is known by then. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // As said.
  }
}
