import { parseArgs } from 'node:util';
import { usualLoad } from '../../fixtures/session.ts';
import { speedCells, speedHeader, speedTable } from './judge-speed.ts';
import {
  errorCells,
  errorHeader,
  errorTable,
  stallCells,
  stallHeader,
  stallTable,
  timeCells,
  timeHeader,
  timeTable,
} from './statistics-tables.ts';

const sections = ['errors', 'usual', 'time', 'stalls', 'speed'] as const;
type Section = (typeof sections)[number];

export interface StatisticsOptions {
  /** Streams per cell at the limit. */
  streams: number;
  /** A few cells and sizes, in well under a minute. */
  short: boolean;
  only?: readonly Section[];
  threads?: number;
  write: (line: string) => void;
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** The tables of the judge as Markdown: errors and power, time to verdict, stalling servers, speed. */
export async function benchStatistics({ streams, short, only = sections, threads = 2, write }: StatisticsOptions): Promise<void> {
  const table = (title: string, header: readonly string[]) => {
    write(`\n### ${title}\n`);
    write(line(header));
    write(line(header.map(() => '---')));
  };
  if (only.includes('errors')) {
    table(
      `Errors and power of the judge: ${streams} streams a cell, at most 67 s at 300 requests per second, α = 1 %`,
      errorHeader,
    );
    await errorTable({ streams, threads, short, onRow: (row) => write(line(errorCells(row))) });
  }
  if (only.includes('usual') && !short) {
    const [patience, budget] = [usualLoad.patienceMs / 1000, usualLoad.budgetMs / 1000];
    table(
      `The same with the usual load of a gate: ${patience} s, and on to ${budget} s while nothing failed and a decision is in sight`,
      errorHeader,
    );
    await errorTable({ streams, threads, short, usual: true, onRow: (row) => write(line(errorCells(row))) });
  }
  if (only.includes('time')) {
    table('Time to verdict, beside five fixed minutes at 300 requests per second', timeHeader);
    for (const row of await timeTable(short ? 10 : Math.ceil(streams / 10), threads)) write(line(timeCells(row)));
  }
  if (only.includes('stalls')) {
    table('A server that stalls must not pass: p99 < 500 ms, 300 requests per second', stallHeader);
    for (const row of await stallTable(short ? 20 : Math.ceil(streams / 10), threads, short ? [60, 180] : undefined, !short))
      write(line(stallCells(row)));
  }
  if (only.includes('speed')) {
    table('Speed of the judge, four objectives', speedHeader);
    for (const row of await speedTable(short ? [1e5, 1e6] : [1e5, 1e6, 1e7])) write(line(speedCells(row)));
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      streams: { type: 'string' },
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
    },
  });
  const only = sections.filter((section) => values.only === undefined || values.only.includes(section));
  const streams = Number(values.streams ?? (values.short ? 200 : 2000));
  if (!Number.isInteger(streams) || streams < 1 || only.length === 0) {
    process.stderr.write(`--streams takes a whole number, --only one of: ${sections.join(', ')}\n`);
    process.exitCode = 64;
  } else {
    await benchStatistics({ streams, short: values.short, only, write: (text) => process.stdout.write(`${text}\n`) });
  }
}
