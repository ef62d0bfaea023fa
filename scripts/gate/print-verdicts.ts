import { relative } from 'node:path';
import { standing } from '../../machine/standing.ts';
import { renderTerminal } from '../../report/index.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';

/** The table of verdicts on standard output, as wide and as coloured as that is. */
export function printVerdicts(verdicts: RunVerdicts, dir: string): void {
  const color = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  const folder = relative(standing, dir) || '.';
  process.stdout.write(renderTerminal(verdicts, { width: process.stdout.columns ?? 120, color, folder }));
}
