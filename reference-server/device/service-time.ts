import { type Random, standardNormal } from '../simulation/random.ts';
import type { ModelCost } from './profile.ts';

/** Mean service time of a batch of `rows` rows, milliseconds. */
export function meanServiceMs(cost: Pick<ModelCost, 'fixedMs' | 'perRowMs'>, rows: number): number {
  return cost.fixedMs + cost.perRowMs * rows;
}

/** One service time, milliseconds: log-normal about the mean, exactly the mean when `jitter` is 0. */
export function drawServiceMs(cost: ModelCost, rows: number, random: Random): number {
  const mean = meanServiceMs(cost, rows);
  if (cost.jitter === 0) return mean;
  return mean * Math.exp(cost.jitter * standardNormal(random) - cost.jitter ** 2 / 2);
}

/** Most requests of `rowsEach` rows that the device can answer a second, all batches full. */
export function saturationPerSecond(cost: ModelCost, rowsEach = 1): number {
  return (1000 * cost.maxBatch) / meanServiceMs(cost, cost.maxBatch * rowsEach);
}
