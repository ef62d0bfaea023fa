import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fromStanding } from '../../machine/standing.ts';
import { benchChecks } from '../bench/checks.ts';
import { gateOverhead, gatesAtTheLimit } from '../bench/gates.ts';
import { benchLoad } from '../bench/load.ts';
import { type BenchRow, benchServer } from '../bench/server.ts';
import { benchStatistics } from '../bench/statistics/index.ts';
import { parseTyped } from '../cli/option-values.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('Give a whole number greater than 0.');
  return Number(text);
}

interface Options {
  section?: string[];
  only?: string[];
  short: boolean;
  streams?: number;
  gates?: number;
  seed: string;
  resume: string;
  out?: string;
}

const tablesHead = `# Error rates and power of the judge, as measured

Made by \`npm run bench -- --section statistics --out docs/statistics-tables.md\`; what the columns mean is in [statistics.md](statistics.md#bench).
In brackets the one-sided 95 % bound (Clopper–Pearson). Power: the share that is decided rightly, and the median load of those that are.`;

/** What can be measured, in the order in which it is. Each prints its own table. */
const sections: Record<string, (options: Options) => Promise<void>> = {
  async server() {
    rows('Reference server', await benchServer());
  },
  async load() {
    rows('Load path', await benchLoad());
  },
  async checks() {
    rows('Checks', await benchChecks());
  },
  async statistics({ short, streams = short ? 100 : 1000, seed, resume, out }) {
    const lines: string[] = [];
    const write = (line: string) => {
      lines.push(line);
      say(line);
    };
    await benchStatistics({ streams, short, seed, resume: fromStanding(resume), write });
    if (out !== undefined) writeFileSync(fromStanding(out), `${tablesHead}\n${lines.join('\n')}\n`);
  },
  async overhead() {
    const { seconds, loadSeconds, overheadSeconds, exitCode } = await gateOverhead();
    say(`\n### Gate overhead, processes, warm (goal: at most 15 s; exit code ${exitCode})\n`);
    say('| wall time | load flows | overhead | overhead / load |\n| --- | --- | --- | --- |');
    say(
      `| ${[seconds, loadSeconds, overheadSeconds].map((value) => `${value.toFixed(1)} s`).join(' | ')} | ${(overheadSeconds / loadSeconds).toFixed(3)} |`,
    );
  },
  async limit({ short, gates = short ? 3 : 20 }) {
    say('\n### Live gates on a server exactly at its limit: every pass is a false one\n');
    const { count: run, passes, bound } = await gatesAtTheLimit(gates, say);
    say(
      `\n${passes} false passes in ${run} gates: at 99 % confidence at most ${(bound * 100).toFixed(1)} % of such gates pass. The claim of`,
    );
    say(
      '1 % rests on the simulated table above, through the same judge; so few live gates can only contradict it.',
    );
  },
};

function rows(title: string, all: readonly BenchRow[]): void {
  say(`\n### ${title}\n\n| figure | ours | peer, same run | ratio |\n| --- | --- | --- | --- |`);
  for (const { name, value, unit, peer, ratio } of all)
    say(`| ${name} | ${figure(value)} ${unit} | ${figure(peer)} | ${ratio.toFixed(2)} |`);
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}

const program = new Command('npm run bench --')
  .description(
    'Measures speed, memory and the error rates of the judge, each beside a peer or a limit, and prints Markdown tables.',
  )
  .addOption(new Option('--section <name...>', 'measure only these').choices(Object.keys(sections)))
  // Its older name: typed without `--`, npm swallows it without a trace.
  .addOption(new Option('--only <name...>').choices(Object.keys(sections)).hideHelp())
  .option('--short', 'few cells and sizes, for a first look', false)
  .option('--streams <n>', 'simulated streams per cell (default: 1000; 100 with --short)', count)
  .option('--seed <text>', 'seed of the simulated streams', 'a')
  .option(
    '--resume <file>',
    'where finished cells are kept, so that a run that was ended goes on',
    'runs/bench-statistics.ndjson',
  )
  .option('--out <file>', 'write the tables of the statistics into this file too')
  .option('--gates <n>', 'live gates at the limit (default: 20; 3 with --short)', count);

export async function bench(argv: readonly string[]): Promise<number> {
  parseTyped(program, argv);
  const options = program.opts<Options>();
  const asked = options.section ?? options.only;
  for (const [name, measure] of Object.entries(sections)) {
    if (asked?.includes(name) ?? true) await measure(options);
  }
  return 0;
}
