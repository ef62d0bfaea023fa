import type { CheckParams } from '../../slo/check-record.ts';

/** A check with what it is given, for a person. */
export function checkWords(check: string, params: CheckParams): string {
  const given = Object.entries(params).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return given.length === 0 ? check : `${check} (${given.join(', ')})`;
}
