import Table from 'cli-table3';

const gap = '  ';
/** Characters that the last column keeps, however narrow the terminal is. */
const leastWidth = 30;

const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((place) => [place, '']),
);

/** Rows below their heads, without lines around them. Where `width` is given (columns), the last column is folded into what the others leave of it. */
export function terminalTable(
  head: readonly string[],
  rows: readonly string[][],
  width?: number,
): string {
  const table = new Table({
    head: [...head],
    chars: { ...noBorders, middle: gap },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    ...(width === undefined ? {} : { colWidths: columnsIn(width, head, rows), wordWrap: true }),
  });
  table.push(...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function columnsIn(width: number, head: readonly string[], rows: readonly string[][]): number[] {
  const widest = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const others = widest.slice(0, -1).reduce((sum, one) => sum + one + gap.length, 0);
  const left = Math.max(leastWidth, width - others);
  return [...widest.slice(0, -1), Math.min(left, widest.at(-1) ?? left)];
}
