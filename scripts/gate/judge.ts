import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { fromStanding } from '../../fixtures/standing.ts';
import { derive } from './derive.ts';
import { hintAtDashes } from './option-values.ts';
import { printVerdicts } from './print-verdicts.ts';

const program = new Command('npm run judge --')
  .description('Derives verdicts and report again from the evidence of a run folder, without running anything.')
  .argument('<folder>', 'run folder, for example runs/20261121T063000Z-mlops-aks')
  .option('--quiet', 'print nothing but errors', false)
  .addHelpText('after', '\nExit codes are those of the gate; 3 also when the evidence is not what was recorded.')
  .exitOverride();
hintAtDashes(program);

/** What a run folder's derived files hold now, for comparison with what its evidence gives. */
function derivedFiles(folder: string): Map<string, string> {
  const names = [runFiles.verdicts, runFiles.html, runFiles.junit, runFiles.summary];
  return new Map(
    names.filter((name) => existsSync(join(folder, name))).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Verdicts of the version before cannot be derived again, so they are kept beside those of this one. */
function keepFormer(folder: string): void {
  const [verdicts, kept] = [join(folder, runFiles.verdicts), join(folder, runFiles.formerVerdicts)];
  if (existsSync(verdicts) && !existsSync(kept)) copyFileSync(verdicts, kept);
}

async function judge(folder: string, quiet: boolean): Promise<number> {
  const before = derivedFiles(folder);
  if ((await openRun(folder)).former) keepFormer(folder);
  const verdicts = await derive(folder);
  const after = derivedFiles(folder);
  const changed = [...before].filter(([name, content]) => after.get(name) !== content).map(([name]) => name);
  if (!quiet) {
    printVerdicts(verdicts, folder);
    if (before.size === 0) process.stdout.write('There were no verdicts yet: this run had not come to its report.\n');
    else if (changed.length === 0) process.stdout.write('Verdicts and report are the same as before, byte for byte.\n');
  }
  if (changed.length > 0) process.stderr.write(`Not the same as before, and written anew: ${changed.join(', ')}\n`);
  return verdicts.exitCode;
}

/** Reads the command line and judges the folder that it names; returns the exit code. */
export async function judgeCommand(argv: readonly string[]): Promise<number> {
  program.parse(argv, { from: 'user' });
  const [folder = ''] = program.args;
  return judge(fromStanding(folder), program.opts<{ quiet: boolean }>().quiet);
}
