import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { readRunJson } from '../../evidence/run-json.ts';
import { fakeMachine } from '../../fixtures/tools/fake-machine.testing.ts';
import { runGate } from './gate-process.testing.ts';

/** A gate on a stack that does not come up, since `script` is taken for one of its tools. */
async function withTool(variable: string, script: string) {
  const tool = fakeMachine().executable('bin/tool', script);
  const { code, folder, text } = await runGate(['--runtime', 'processes'], { [variable]: tool });
  expect(code, text).toBe(3);
  const { service } = readRunJson(folder).run;
  if (service.kind !== 'reference-stack') throw new Error(`judged ${service.kind}`);
  return { service, text, page: readFileSync(join(folder, runFiles.html), 'utf8') };
}

test('a part does not start: the run says which runtime it was and which parts were up', async () => {
  const { service, text, page } = await withTool(
    'TAILGATE_HAPROXY',
    'test "$1" = -v && echo "HAProxy version 2.6.12" && exit; exit 7',
  );
  expect(text).toMatch(/SERVICE_EXITED: haproxy ended with exit code 7/);
  expect(service.runtime).toBe('processes');
  expect(service.parts.map(({ name }) => name).sort()).toEqual([
    'redis',
    'replica-1',
    'replica-2',
    'replica-3',
  ]);
  expect(page).toContain('reference stack, processes');
});

test('a tool cannot be used any more: the run names no runtime, and its report says that the stack never started', async () => {
  const { service, page } = await withTool(
    'TAILGATE_HAPROXY',
    'test -e "$0.asked" && exit 7; : >"$0.asked"; echo "HAProxy version 2.6.12"',
  );
  expect(service).toMatchObject({ runtime: null, parts: [] });
  expect(page).toContain('reference stack, never started');
});
