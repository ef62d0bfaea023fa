import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { runSchema } from '../../evidence/run.ts';
import { profileJsonSchema } from '../../profiles/json-schema.ts';
import { runVerdictsSchema } from '../../slo/verdict.ts';
import { checkParams } from '../../suites/catalogue.ts';
import { parseTyped } from '../cli/option-values.ts';

const repository = resolve(import.meta.dirname, '../..');

/** Every generated file, by path in the repository: the published JSON Schemas of what people write and of what a run writes. */
const generated: Record<string, () => string> = {
  'profiles/profile.schema.json': () => text(profileJsonSchema(checkParams)),
  'evidence/run.schema.json': () => written(runSchema, 'run.json of a Tailgate run folder'),
  'report/verdicts.schema.json': () =>
    written(runVerdictsSchema, 'verdicts.json of a Tailgate run folder'),
};

/** Schema of a file that Tailgate writes. */
function written(schema: z.ZodType, title: string): string {
  return text({ title, ...z.toJSONSchema(schema) });
}

function text(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function current(path: string): string | undefined {
  try {
    return readFileSync(resolve(repository, path), 'utf8');
  } catch {
    return undefined;
  }
}

/** Exit code 1 says, as with every check, that there is something to do. */
function write(check: boolean): number {
  const stale = Object.entries(generated).filter(([path, make]) => current(path) !== make());
  if (check) {
    for (const [path] of stale)
      console.error(
        `${path} is not what the code generates: run npm run generate and commit the result.`,
      );
    return stale.length > 0 ? 1 : 0;
  }
  for (const [path, make] of stale) writeFileSync(resolve(repository, path), make());
  console.log(
    stale.length > 0 ? `wrote ${stale.map(([path]) => path).join(', ')}` : 'nothing to do',
  );
  return 0;
}

const program = new Command('npm run generate --')
  .description('Writes the files that are generated from the code.')
  .option(
    '--check',
    'write nothing: exit code 1 when one of them is not what the code generates',
    false,
  );

export async function generate(argv: readonly string[]): Promise<number> {
  parseTyped(program, argv);
  return write(program.opts<{ check: boolean }>().check);
}
