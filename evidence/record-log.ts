import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { SuiteError } from '../slo/errors.ts';

/** A record is on disk at most this long after it was written. */
const longestMs = 1000;
/** Compressing this much takes about 3 ms, which is as long as the judge's loop is held up. */
const largestCharacters = 256 * 1024;

/**
 * Appends records, a line of JSON each, as complete gzip members, so that whatever happens to this process, all but the last second can be read.
 *
 * Writing is synchronous on purpose: records can never pile up in memory, since a slow disk slows the reader of the load generator
 * down; and a full disk is known at the record that hit it. The file is then cut back to its last complete member.
 */
export class RecordLog<T extends object> {
  readonly #path: string;
  readonly #largest: number;
  #file: number | undefined;
  #lines: string[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: SuiteError | undefined;
  #told = false;

  /** `largest`: characters of JSON per gzip member. */
  constructor(path: string, largest = largestCharacters) {
    this.#path = path;
    this.#largest = largest;
  }

  /** Throws `EVIDENCE_WRITE_FAILED` once, when the disk did; records after that are let go. */
  write(record: T): void {
    if (this.#failure !== undefined) {
      this.#tell();
      return;
    }
    const line = JSON.stringify(record);
    this.#lines.push(line);
    this.#characters += line.length + 1;
    if (this.#characters >= this.#largest) {
      this.#flush();
      this.#tell();
    } else {
      this.#timer ??= setTimeout(() => this.#flush(), longestMs).unref();
    }
  }

  /** Writes what is buffered and closes the file. Throws as `write` does. Safe to call twice. */
  close(): void {
    this.#flush();
    if (this.#file !== undefined) {
      const file = this.#file;
      this.#file = undefined;
      this.#attempt(() => {
        fsyncSync(file);
        closeSync(file);
      });
    }
    this.#tell();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0 || this.#failure !== undefined) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#characters = 0;
    this.#attempt(() => {
      this.#file ??= openSync(this.#path, 'a');
      appendWhole(this.#file, gzipSync(text, { level: 1 }));
    });
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#failure ??= new SuiteError(
        'EVIDENCE_WRITE_FAILED',
        `${this.#path} cannot be written: ${why}. What was written before is kept.`,
        {
          cause,
        },
      );
    }
  }

  #tell(): void {
    if (this.#failure === undefined || this.#told) return;
    this.#told = true;
    throw this.#failure;
  }
}

/** All of it, or nothing: a member that does not fit is taken back. */
function appendWhole(file: number, bytes: Buffer): void {
  const before = fstatSync(file).size;
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  } catch (error) {
    takeBack(file, before);
    throw error;
  }
}

function takeBack(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // The first failure is the one to tell; a reader passes over what is broken off.
  }
}
