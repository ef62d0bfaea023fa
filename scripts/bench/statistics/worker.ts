import { parentPort } from 'node:worker_threads';
import { type Case, cells } from './cells.ts';
import { healthyRuns } from './healthy.ts';
import { simulate } from './simulate.ts';

/** Streams `from` up to, not including, `to`. Plain data: cells are named by their place in the table. */
export type Job = { from: number; to: number; seed: string } & (
  | { kind: 'cell'; cell: number; cases: readonly Case[] }
  | { kind: 'healthy'; service: number }
);

function runJob(job: Job) {
  const numbers = Array.from({ length: job.to - job.from }, (_, at) => job.from + at);
  if (job.kind === 'healthy')
    return numbers.map((number) => healthyRuns[job.service]?.run(job.seed, number));
  const cell = cells[job.cell];
  if (cell === undefined) throw new Error(`there is no cell ${job.cell}`);
  return numbers.flatMap((number) => simulate(cell, job.seed, number, job.cases));
}

parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage(runJob(job));
});
