import betainc from '@stdlib/math-base-special-betainc';
import betaincinv from '@stdlib/math-base-special-betaincinv';

/** Probability that Student's t with so many degrees of freedom is `t` or more (NIST DLMF 8.17 in its relation to the beta function). */
export function probabilityAbove(t: number, degrees: number): number {
  if (t === Number.POSITIVE_INFINITY) return 0;
  if (t === Number.NEGATIVE_INFINITY) return 1;
  const tail = betainc(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t >= 0 ? tail : 1 - tail;
}

/** The t that is exceeded with probability `tail`, at most a half. */
export function exceededWith(tail: number, degrees: number): number {
  const x = betaincinv(2 * tail, degrees / 2, 0.5);
  return Math.sqrt(degrees * (1 / x - 1));
}
