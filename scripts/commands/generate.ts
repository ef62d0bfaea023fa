import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { runSchema } from '../../evidence/run.ts';
import { profileJsonSchema } from '../../profiles/json-schema.ts';
import { runVerdictsSchema } from '../../slo/verdict.ts';
import { checkParams } from '../../suites/catalogue.ts';
import { parseTyped } from '../cli/option-values.ts';
import { alertsFolder, generatedAlerts } from './generated-alerts.ts';

const repository = resolve(import.meta.dirname, '../..');

/** Every generated file, by path in the repository: the published JSON Schemas of what people write and of what a run writes, and the alerts. */
function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['profiles/profile.schema.json', text(profileJsonSchema(checkParams))],
    ['evidence/run.schema.json', written(runSchema, 'run.json of a Tailgate run folder')],
    [
      'report/verdicts.schema.json',
      written(runVerdictsSchema, 'verdicts.json of a Tailgate run folder'),
    ],
    ...generatedAlerts(repository),
  ]);
}

/** Files in folders of which everything is generated, and that no longer are. */
function leftOver(generated: ReadonlyMap<string, string>): string[] {
  const folder = resolve(repository, alertsFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((path) => !generated.has(path));
}

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
  const generated = generatedFiles();
  const stale = [...generated].filter(([path, now]) => current(path) !== now);
  const old = leftOver(generated);
  const changed = [...stale.map(([path]) => path), ...old];
  if (check) {
    for (const path of changed)
      console.error(
        `${path} is not what the code generates: run npm run generate and commit the result.`,
      );
    return changed.length > 0 ? 1 : 0;
  }
  for (const [path, now] of stale) {
    mkdirSync(dirname(resolve(repository, path)), { recursive: true });
    writeFileSync(resolve(repository, path), now);
  }
  for (const path of old) rmSync(resolve(repository, path));
  console.log(
    changed.length > 0
      ? `wrote ${stale.length} files, removed ${old.length}: ${changed.join(', ')}`
      : 'nothing to do',
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
