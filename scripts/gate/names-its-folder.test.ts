import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redactArguments } from '../../evidence/redact.ts';
import { createFreeRunFolder, createRunFolder } from '../../evidence/writer.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import { folderOf, renderMarkdown } from '../../report/index.ts';
import { derive } from './derive.ts';
import { readOptions } from './options.ts';
import { judgedFolder, judgeHere } from './recorded.testing.ts';

/** What a run says of its own folder leads there, however that was given. That the gate says it: `names-its-folder.command.test.ts`. */

/** Ways to say where a run goes, and where that is; without one it is named after the run, with `-2` where that is taken. */
const places: Record<string, { args: string[]; folder?: string; taken?: boolean }> = {
  'not said': { args: [] },
  'not said, and the name is taken': { args: [], taken: true },
  '--out': { args: ['--out', 'here'], folder: 'here' },
  '--out in folders that are not there yet': { args: ['--out', 'a/b/here'], folder: 'a/b/here' },
  '--out=': { args: ['--out=here'], folder: 'here' },
  '--out twice: the last one counts': { args: ['--out', 'there', '--out', 'here'], folder: 'here' },
  '--out with a space and a quote': { args: ['--out', "it's here"], folder: "it's here" },
  '--out with ticks': { args: ['--out', '`here`'], folder: '`here`' },
};

test.for(Object.entries(places))('%s', async ([, { args, folder, taken = false }]) => {
  const cwd = scratch();
  const { sealed: _, ...open } = fixture('external').run;
  const run = { ...open, argv: redactArguments(args), scenarios: [] };
  if (taken) mkdirSync(join(cwd, 'runs', run.id), { recursive: true });
  const { out } = await readOptions(args);
  const made = await (out === undefined
    ? createFreeRunFolder(join(cwd, 'runs'), run)
    : createRunFolder(join(cwd, out), run));
  await made.seal({ end: 'finished', failure: null });
  const derived = await derive(made.dir);
  expect(made.dir).toBe(join(cwd, folder ?? `runs/${run.id}${taken ? '-2' : ''}`));
  expect(judgedFolder(renderMarkdown(derived.verdicts, folderOf(derived.run)), cwd)).toBe(made.dir);

  // And it says the same wherever the folder has gone since.
  await judgeHere(made.dir);
  renameSync(made.dir, join(cwd, 'moved'));
  expect((await judgeHere(join(cwd, 'moved'))).text).toContain('byte for byte');
});
