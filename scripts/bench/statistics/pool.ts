import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job } from './worker.ts';

/** As many as the machines that figures are compared on have cores. */
const threads = 2;

/** Runs jobs on several threads, and gives the results of all. Throws what a thread throws. */
export async function runJobs<Result>(jobs: readonly Job[]): Promise<Result[]> {
  const waiting = [...jobs];
  const results: Result[] = [];
  await Promise.all(
    Array.from({ length: Math.min(threads, jobs.length) }, async () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url));
      try {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
          worker.postMessage(job);
          // Rejects with the thread's error, if it has one.
          const [some]: Result[][] = await once(worker, 'message');
          results.push(...(some ?? []));
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  return results;
}

/** Streams in one piece of work for a thread. */
const pieceStreams = 25;

/** Streams `from` up to, not including, `to`, in pieces. */
export function pieces<J>(job: J, from: number, to: number): (J & { from: number; to: number })[] {
  const all: (J & { from: number; to: number })[] = [];
  for (let at = from; at < to; at += pieceStreams)
    all.push({ ...job, from: at, to: Math.min(to, at + pieceStreams) });
  return all;
}
