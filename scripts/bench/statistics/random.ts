import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

/** Uniform on (0, 1). */
export type Random = () => number;

/** Independent random numbers for each number of a stream. */
export function randomOf(seed: number, stream: number): Random {
  const generator: JumpableRandomGenerator = xoroshiro128plus(seed);
  for (let jumps = 0; jumps <= stream; jumps += 1) generator.jump();
  return () => ((generator.next() >>> 0) + 0.5) / 4_294_967_296;
}

/** Another seed for each text, so that no two kinds of stream share their random numbers. */
export function seedOf(text: string): number {
  let hash = 17;
  for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) | 0;
  return hash;
}

export const exponential = (random: Random, mean: number) => -mean * Math.log(random());

export const normal = (random: Random) =>
  Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

/** A stationary Ornstein–Uhlenbeck process with mean 0, deviation 1 and a memory of so many seconds, at steps of `gapSeconds`. */
export function wandering(random: Random, memorySeconds: number, gapSeconds: number): () => number {
  const keep = Math.exp(-gapSeconds / memorySeconds);
  const fresh = Math.sqrt(1 - keep * keep);
  let level = normal(random);
  return () => {
    const now = level;
    level = keep * level + fresh * normal(random);
    return now;
  };
}
