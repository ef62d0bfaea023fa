import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job, Outcome } from './statistics-cells.ts';

/** Runs jobs on `size` threads; gives each job's outcomes as they come. Throws what a thread throws. */
export async function runJobs(
  jobs: readonly Job[],
  size: number,
  onDone: (job: Job, outcomes: Outcome[]) => void,
): Promise<void> {
  const waiting = [...jobs];
  await Promise.all(Array.from({ length: Math.min(size, jobs.length) }, () => runThread(waiting, onDone)));
}

async function runThread(waiting: Job[], onDone: (job: Job, outcomes: Outcome[]) => void): Promise<void> {
  const worker = new Worker(new URL('./statistics-worker.ts', import.meta.url));
  try {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      worker.postMessage(job);
      // Rejects with the thread's error, if it has one.
      const [outcomes]: Outcome[][] = await once(worker, 'message');
      onDone(job, outcomes ?? []);
    }
  } finally {
    await worker.terminate();
  }
}
