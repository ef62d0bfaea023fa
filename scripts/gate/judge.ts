import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { fromStanding } from '../../machine/standing.ts';
import { reportFiles } from '../../report/index.ts';
import { parseTyped } from '../cli/option-values.ts';
import { derive } from './derive.ts';
import { sayWhere, show, writeFiles } from './publish.ts';

const program = new Command('npm run judge --')
  .description(
    'Derives verdicts and report again from the evidence of a run folder, without running anything.',
  )
  .argument('<folder>', 'run folder, for example runs/20261121T063000Z-mlops-aks')
  .option('--quiet', 'print nothing but errors', false)
  .addHelpText(
    'after',
    '\nExit codes are those of the gate; 3 also when the evidence is not what was recorded.',
  );

/** Reads the command line and judges the folder that it names; returns the exit code. */
export async function judgeCommand(argv: readonly string[]): Promise<number> {
  parseTyped(program, argv);
  const [folder = ''] = program.args;
  return judge(fromStanding(folder), program.opts<{ quiet: boolean }>().quiet);
}

async function judge(folder: string, quiet: boolean): Promise<number> {
  const derived = await derive(folder);
  const before = textsIn(folder);
  if (!quiet) show(derived.verdicts);
  const written = await writeFiles(derived, folder);
  const { texts } = written;
  if (!quiet) sayWhere(written, folder);
  const changed = [...before]
    .filter(([name, text]) => texts.get(name) !== text)
    .map(([name]) => name);
  if (changed.length > 0) process.stderr.write(`Not the same as before: ${changed.join(', ')}\n`);
  if (quiet) return derived.verdicts.exitCode;
  if (before.size === 0)
    process.stdout.write('There were no verdicts yet: this run had not come to its report.\n');
  else if (changed.length === 0)
    process.stdout.write('Verdicts and report are the same as before, byte for byte.\n');
  return derived.verdicts.exitCode;
}

/** What a run folder's derived files hold now, for comparison with what its evidence gives. */
function textsIn(folder: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const name of reportFiles) {
    try {
      texts.set(name, readFileSync(join(folder, name), 'utf8'));
    } catch {
      // Not there, or nothing that can be compared.
    }
  }
  return texts;
}
