/** Growth from one look to the next: a decision comes at most 2 % later than it could. */
const GROWTH = 1.02;

/** Counts at which the data are looked at: 50, 51, …, then every 2 %. Fixed beforehand, so that a replay looks at the same ones. */
export function nextLook(n: number): number {
  return n < 50 ? 50 : Math.max(n + 1, Math.floor(n * GROWTH));
}
