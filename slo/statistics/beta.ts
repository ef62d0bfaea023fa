import betainc from '@stdlib/math-base-special-betainc';
import betaln from '@stdlib/math-base-special-betaln';

/** Below this the regularised function is about to underflow, and its logarithm to lose digits. */
const TINY = 1e-250;

/**
 * Natural logarithm of the incomplete beta integral ∫₀ˣ tᵃ⁻¹ (1 − t)ᵇ⁻¹ dt, for 0 < x < 1 and a, b > 0 of up to 10⁸.
 * Finite where the regularised function itself would underflow.
 */
export function logBetaIntegral(x: number, a: number, b: number): number {
  const regularised = betainc(x, a, b);
  if (regularised > TINY) return betaln(a, b) + Math.log(regularised);
  return a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - Math.log(tailFraction(x, a, b));
}

/**
 * The continued fraction of the incomplete beta function (NIST DLMF 8.17.22) by Lentz's method. It converges within a few dozen
 * steps in the far lower tail, the only place where it is used.
 */
function tailFraction(x: number, a: number, b: number): number {
  const floor = 1e-300;
  let c = 1;
  let d = 0;
  let fraction = 1;
  for (let step = 1; step < 10_000; step += 1) {
    const m = step >> 1;
    const numerator =
      step % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + numerator * d, floor);
    c = nonZero(1 + numerator / c, floor);
    const change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}

function nonZero(value: number, floor: number): number {
  return Math.abs(value) < floor ? floor : value;
}
