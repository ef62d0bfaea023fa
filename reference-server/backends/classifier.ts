import { randomStream } from '../simulation/random.ts';

const features = 1_000;

/** Classifies one row of numbers: 0 or 1. */
export type Classifier = (row: readonly number[]) => number;

/**
 * A linear classifier whose weights are drawn from the model's name and version: the same row has the same class on every replica,
 * so a wrong answer, or one of another version, can be told.
 */
export function createClassifier(name: string, version: string): Classifier {
  const random = randomStream('classifier', name, version);
  const weights = Float64Array.from({ length: features }, () => 2 * random() - 1);
  return (row) => {
    let sum = 0;
    for (let index = 0; index < row.length; index += 1)
      sum += (row[index] ?? 0) * (weights[index] ?? 0);
    return sum > 0 ? 1 : 0;
  };
}
