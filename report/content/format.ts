/** Figures as text, the same in every renderer and on every machine: no locale of the reader, no time zone but UTC. */

/** Between a figure and its unit, so that no line breaks there. Renderers of plain text make it an ordinary space: `spaced`. */
export const nbsp = '\u00a0';

/** Control characters, marks that turn the direction of text, and what is no character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]+/g;
const controlsButLineEnds =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** `12,345`. */
export function integer(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

type Rounding = 'halfExpand' | 'ceil' | 'floor';

/** Digits that show a documented limit as it was written. */
export const exactly = 12;

/** At most `digits` significant digits, without trailing zeros or exponent: `0.0123`, `1.5`, `1,234`. */
export function significant(
  value: number,
  digits = 3,
  roundingMode: Rounding = 'halfExpand',
): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '–';
  // 0.05 × 100 is a hair more than 5, which must not be rounded up.
  return Number(value.toPrecision(exactly)).toLocaleString('en-US', {
    maximumSignificantDigits: digits,
    maximumFractionDigits: 12,
    roundingPriority: 'auto',
    roundingMode,
  });
}

/** A share (0 to 1) as `1.23 %`. */
export function percent(share: number, digits = 3, rounding: Rounding = 'halfExpand'): string {
  return `${significant(share * 100, digits, rounding)}${nbsp}%`;
}

/** `99 %` for an error probability of 0.01; never more than it is. */
export function confidence(alpha: number): string {
  return percent(1 - alpha, 4, 'floor');
}

/** `0.42 ms`, `243 ms`, `1.24 s`. */
export function milliseconds(ms: number, digits = 3): string {
  if (Math.abs(ms) < 999.5) return `${significant(ms, digits)}${nbsp}ms`;
  return `${significant(ms / 1000, digits)}${nbsp}s`;
}

/** A figure that stands beside its limit, with as many more digits as it takes to tell the two apart. */
export function beside(
  value: number,
  limit: number,
  words: (value: number, digits: number) => string,
  digits = 3,
): string {
  const same =
    value !== limit && digits < exactly && words(value, digits) === words(limit, exactly);
  return same ? beside(value, limit, words, digits + 1) : words(value, digits);
}

/** A length of time: `35.2 s`, `5 min`, `1 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 100_000) return `${significant(ms / 1000)}${nbsp}s`;
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${nbsp}${unit}`)
    .join(' ');
}

/** A length of time that is an estimate, rounded up to whole seconds, from two minutes on to minutes, from two hours on to hours. */
export function roughly(ms: number): string {
  const stepMs = ms < 120_000 ? 1000 : ms < 7_200_000 ? 60_000 : 3_600_000;
  return duration(Math.ceil(ms / stepMs) * stepMs);
}

/** `23.4 GiB`. */
export function gibibytes(bytes: number): string {
  return `${significant(bytes / 2 ** 30)}${nbsp}GiB`;
}

/** `2026-03-01 12:00:00 UTC`, from an ISO 8601 time. */
export function utc(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** `1 request`, `2 requests`. */
export function count(value: number, singular: string, plural = `${singular}s`): string {
  return `${integer(value)} ${value === 1 ? singular : plural}`;
}

/** Plain text with ordinary spaces only, for what people search and tools split. */
export function spaced(text: string): string {
  return text.replaceAll(nbsp, ' ');
}

/** The same for a whole HTML page, where line ends stay: what would not be seen, or would turn the text around, shows as a replacement mark. */
export function visible(html: string): string {
  return html.toWellFormed().replaceAll(controlsButLineEnds, '\ufffd');
}

/** One argument as a POSIX shell reads it. */
export function shellQuote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/**
 * Text of others (a header, a model version, a reason) on one line and without control characters: escape sequences must not
 * reach a terminal, and XML 1.0 has no way to write them.
 */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll(controls, ' ').trim();
}
