import { Command } from 'commander';
import { parseTyped } from '../cli/option-values.ts';
import { survey } from '../doctor/survey.ts';
import { surveyText } from '../doctor/text.ts';

const program = new Command('npm run doctor --')
  .description(
    'Says what this machine has, what the gate would use, what is missing and how to get it. Builds and fetches nothing.',
  )
  .option('--json', 'print one JSON object', false)
  .addHelpText(
    'after',
    '\nExit code 0 when the gate could run in at least one runtime, else 3.\n\nExamples:\n  npm run doctor\n  npm run --silent doctor -- --json',
  );

export async function doctor(argv: readonly string[]): Promise<number> {
  parseTyped(program, argv);
  const found = await survey();
  process.stdout.write(
    program.opts<{ json: boolean }>().json
      ? `${JSON.stringify(found, null, 2)}\n`
      : surveyText(found),
  );
  const { processes, containers } = found.runtimes;
  return processes.length === 0 || containers.length === 0 ? 0 : 3;
}
