import parseDuration from 'parse-duration';

/** Milliseconds of `300ms`, `1.5s`, `2m` or `1h`; undefined of anything else, also of what the library would take besides. */
export function milliseconds(text: string): number | undefined {
  return /^\d+(\.\d+)?(ms|s|m|h)$/.test(text) ? (parseDuration(text) ?? undefined) : undefined;
}
