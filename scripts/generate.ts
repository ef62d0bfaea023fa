import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { runSchema } from '../evidence/run.ts';
import { profileJsonSchema } from '../slo/profile-json-schema.ts';
import { runVerdictsSchema } from '../slo/verdict.ts';

const repository = resolve(import.meta.dirname, '..');

/** Every generated file, by path in the repository: the published JSON Schemas of what people write and of what a run writes. */
const generated: Record<string, () => string> = {
  'slo/profile.schema.json': () => text(profileJsonSchema()),
  'evidence/run.schema.json': () => written(runSchema, 'run.json of a Tailgate run folder'),
  'report/verdicts.schema.json': () => written(runVerdictsSchema, 'verdicts.json of a Tailgate run folder'),
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

const stale = Object.entries(generated).filter(([path, make]) => current(path) !== make());
if (process.argv.includes('--check')) {
  for (const [path] of stale)
    console.error(`${path} is not what the code generates: run npm run generate and commit the result.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, make] of stale) writeFileSync(resolve(repository, path), make());
  console.log(stale.length > 0 ? `wrote ${stale.map(([path]) => path).join(', ')}` : 'nothing to do');
}
