import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { speedCells, speedHeader, speedTable } from '../judge-speed.ts';
import { cases, cells, nameOf } from './cells.ts';
import { type HealthyOutcome, healthyRuns } from './healthy.ts';
import { pieces, runJobs } from './pool.ts';
import type { Outcome } from './simulate.ts';
import { aboveOnePercent, errorCells, errorHeader, median, type Row, rowsOf } from './table.ts';

interface StatisticsOptions {
  /** Streams at the limit, per cell; a fifth as many for power. */
  streams: number;
  /** A few cells, in seconds. */
  short: boolean;
  seed: string;
  /** Finished cells, one line each: a run that was ended goes on from there. */
  resume: string;
  write: (line: string) => void;
}

const line = (values: readonly string[]) => `| ${values.join(' | ')} |`;

/** The tables of the judge as Markdown: false decisions and power beside what others say, healthy services, speed. */
export async function benchStatistics({
  streams,
  short,
  seed,
  resume,
  write,
}: StatisticsOptions): Promise<void> {
  const done = new Finished(resume, { streams, seed });
  const table = (title: string, header: readonly string[]) =>
    write(`\n### ${title}\n\n${line(header)}\n${line(header.map(() => '---'))}`);

  write(
    `\nMade on ${new Date().toISOString().slice(0, 10)} with seed ${seed}, ${streams} streams a cell unless said otherwise.`,
  );
  table('Decisions at, below and beyond the limit', errorHeader);
  const rows: Row[] = [];
  for (const [at, cell] of cells.entries()) {
    if (short && cell.short !== true) continue;
    const key = `${nameOf(cell)} ${cell.perSecond} ${cell.allowed.join()}`;
    const own = await done.orMake(key, rowsSchema, async () =>
      rowsOf(cell, await outcomesOf(at, streams, seed)),
    );
    rows.push(...own);
    for (const row of own) write(line(errorCells(row)));
  }
  const above = aboveOnePercent(rows);
  write(`\nAbove 1 %: ${above.length === 0 ? 'none.' : ''}`);
  for (const one of above) write(`- ${one}`);

  table('Healthy services, whole gates of four objectives', [
    'service',
    'requests/s',
    'all pass',
    'median load',
    'longest load',
  ]);
  for (const [service, { name, perSecond }] of healthyRuns.entries()) {
    const gates = perSecond > 1000 ? Math.ceil(streams / 20) : Math.ceil(streams / 2);
    const outcomes = await done.orMake(`healthy ${name}`, healthySchema, () =>
      runJobs<HealthyOutcome>(pieces({ kind: 'healthy', service, seed } as const, 0, gates)),
    );
    write(line(healthyCells(name, perSecond, outcomes)));
  }
  table('Speed of the judge, four objectives', speedHeader);
  for (const row of await speedTable(short ? [1e5, 1e6] : [1e5, 1e6, 1e7]))
    write(line(speedCells(row)));
}

async function outcomesOf(at: number, usual: number, seed: string): Promise<Outcome[]> {
  const cell = cells[at];
  if (cell === undefined) return [];
  const streams = Math.min(usual, cell.streams ?? usual);
  const all = cell.cases ?? cases;
  const power = Math.ceil(Math.min(streams, usual / 5));
  const jobs = [
    ...pieces({ kind: 'cell', cell: at, seed, cases: all } as const, 0, power),
    ...pieces({ kind: 'cell', cell: at, seed, cases: ['limit'] } as const, power, streams),
  ];
  return runJobs<Outcome>(jobs);
}

function healthyCells(
  name: string,
  perSecond: number,
  outcomes: readonly HealthyOutcome[],
): string[] {
  const seconds = outcomes.map((outcome) => outcome.seconds);
  const passed = outcomes.filter((outcome) => outcome.passed).length;
  return [
    ...[name, perSecond.toLocaleString('en-US'), `${passed} of ${outcomes.length}`],
    ...[`${(median(seconds) ?? 0).toFixed(0)} s`, `${Math.max(0, ...seconds).toFixed(0)} s`],
  ];
}

const tallySchema = z.object({
  streams: z.int(),
  pass: z.int(),
  fail: z.int(),
  medianSeconds: z.number().nullable(),
  peers: z.object({ threshold: z.int(), windows: z.int(), fixedBound: z.int() }).nullable(),
});
const rowsSchema = z.array(
  z.object({
    process: z.string(),
    perSecond: z.number(),
    objective: z.string(),
    tallies: z.object({
      limit: tallySchema.exactOptional(),
      half: tallySchema.exactOptional(),
      tenth: tallySchema.exactOptional(),
      twice: tallySchema.exactOptional(),
    }),
  }),
);
const healthySchema = z.array(z.object({ passed: z.boolean(), seconds: z.number() }));

/** What was finished before, as long as neither the judge nor the bench has changed since. */
class Finished {
  readonly #file: string;
  readonly #of: string;
  readonly #known = new Map<string, unknown>();

  constructor(file: string, settings: object) {
    this.#file = file;
    this.#of = createHash('sha256')
      .update(JSON.stringify(settings))
      .update(sources())
      .digest('hex')
      .slice(0, 16);
    if (!existsSync(file)) return;
    for (const text of readFileSync(file, 'utf8')
      .split('\n')
      .filter((one) => one !== '')) {
      const { of, key, value } = z
        .object({ of: z.string(), key: z.string(), value: z.unknown() })
        .parse(JSON.parse(text));
      if (of === this.#of) this.#known.set(key, value);
    }
  }

  async orMake<Value>(
    key: string,
    schema: z.ZodType<Value>,
    make: () => Promise<Value>,
  ): Promise<Value> {
    if (this.#known.has(key)) return schema.parse(this.#known.get(key));
    const value = await make();
    mkdirSync(dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify({ of: this.#of, key, value })}\n`);
    return value;
  }
}

/** The text of all that the figures depend on. */
function sources(): string {
  const folders = [
    import.meta.dirname,
    resolve(import.meta.dirname, '../../../slo/judge'),
    resolve(import.meta.dirname, '../../../slo/statistics'),
  ];
  return folders
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts') && !/\.test|\/index|table/.test(name))
        .map((name) => join(folder, name)),
    )
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}
