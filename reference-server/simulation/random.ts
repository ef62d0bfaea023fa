import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws in [0, 1). */
export type Random = () => number;

/**
 * A stream of random numbers of its own for each purpose, so that one consumer never shifts another's draws.
 * Same names, same stream.
 */
export function randomStream(...names: readonly (string | number)[]): Random {
  const seed = createHash('sha256').update(JSON.stringify(names)).digest().readInt32LE(0);
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** One standard normal draw (Box and Muller, Annals of Mathematical Statistics 29(2) 1958). */
export function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
