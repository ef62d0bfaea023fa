import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRun } from '../evidence/reader.ts';
import { runFiles } from '../evidence/run.ts';
import { findOnPath } from '../fixtures/tools/path.ts';
import { scratch } from '../machine/scratch.testing.ts';
import { before, inShell, node, readers, uncaught } from './exit-codes.testing.ts';
import {
  readVerdicts,
  rightAnswer,
  runJudge,
  serve,
  startGate,
} from './gate/gate-process.testing.ts';
import { leftOf } from './gate/holdings.testing.ts';

/** What the gate ends with when load flows; scripts that send none: `exit-codes.command.test.ts`. */

/** A service whose every answer is right, and when load flows at it. */
async function goodServer(): Promise<{ url: string; loaded: Promise<void> }> {
  const { promise: loaded, resolve: enough } = Promise.withResolvers<void>();
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    if (requests > 100) enough();
    response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer);
  });
  return { url, loaded };
}

/** Asks for less load than could decide anything, so it ends at once with 2: any other exit code is not the verdict's. */
const undecided = ['--targets', 'AK-SLO-4', '--budget', '10s', '--min-time', '5s'];
/** Load that goes on until the test ends it, and is noticed soon. */
const long = [
  '--targets',
  'AK-SLO-1',
  '--rate',
  '200',
  '--budget',
  '40s',
  '--min-time',
  '30s',
  '--warmup',
  '1s',
];
const at = (url: string) => ['--url', url, '--api', 'score'];

describe('the verdict is the exit code, whatever reads what a run says', () => {
  // All readers: `exit-codes.command.test.ts`. Vitest, which works in the gate's process, would wait for those of the two tests below.
  test.for(['nobody ever reads either', 'its pipe is full until it is done'] as const)(
    '%s',
    async (reader) => {
      const folder = join(scratch(), 'run');
      const command = node('gate', '--out', folder, ...at((await goodServer()).url), ...undecided);
      const { code, text } = await inShell(readers[reader], command, {
        DONE: join(folder, runFiles.verdicts),
      });
      expect(code, text).toBe(2);
      expect(readVerdicts(folder).exitCode).toBe(2);
      expect((await openRun(folder)).run.sealed?.end).toBe('finished');
    },
  );

  test('the reader goes away while load flows', async () => {
    const { url, loaded } = await goodServer();
    const gate = startGate([...at(url), ...long]);
    await loaded;
    gate.child.stdout?.destroy();
    gate.child.stderr?.destroy();
    gate.child.kill('SIGTERM');
    expect(await gate.ended).toBe(2);
    expect(readVerdicts(gate.folder).exitCode).toBe(2);
  });

  test('its terminal goes away: that is a signal, and ends it as one', async ({ skip }) => {
    if ((await findOnPath('script', process.env)) === undefined)
      skip('there is no `script` (util-linux) for a terminal');
    const parent = scratch();
    const { url, loaded } = await goodServer();
    const gate = node('gate', '--out', join(parent, 'run'), ...at(url), ...long);
    // The terminal's shell is told, and tells the gate, as an interactive one does.
    const command = gate.map((word) => `'${word}'`).join(' ');
    const line = `trap 'kill -s HUP $!' HUP; ${command} & wait $!; wait $!; echo $? >'${parent}/code'`;
    const terminal = spawn('script', ['-qfc', line, '/dev/null'], { stdio: 'ignore' });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    await loaded;
    terminal.kill('SIGKILL');
    await expect
      .poll(() => existsSync(`${parent}/code`) && readFileSync(`${parent}/code`, 'utf8'), {
        timeout: 20_000,
      })
      .toBe('2\n');
    expect((await openRun(join(parent, 'run'))).run.sealed?.end).toBe('interrupted');
  });
});

describe('an error of ours while load flows is exit 3', () => {
  /** A gate at which load flows and whose process has just got the code that breaks it. */
  const brokenGate = async (code: string) => {
    const { url, loaded } = await goodServer();
    const gate = startGate(
      [...at(url), ...long],
      before(`process.on('SIGIO', () => { ${code} });`),
    );
    await loaded;
    gate.child.kill('SIGIO');
    return gate;
  };

  // Vitest has handlers of its own for both kinds. All errors: `exit-codes.command.test.ts`.
  const kinds = ['a rejection', 'an exception, again and again'] as const;
  test.for(kinds)('%s: what was recorded is sealed and reported', async (kind) => {
    const gate = await brokenGate(uncaught[kind]);
    expect(await gate.ended, gate.output()).toBe(3);
    expect(gate.output()).toContain('broken on purpose');
    const { sealed } = (await openRun(gate.folder)).run;
    expect(sealed).toMatchObject({
      end: 'broken',
      failure: expect.stringContaining('broken on purpose'),
    });
    for (const name of [runFiles.verdicts, runFiles.html, runFiles.junit, runFiles.summary]) {
      expect(existsSync(join(gate.folder, name)), name).toBe(true);
    }
    expect(readVerdicts(gate.folder).exitCode).toBe(3);
    expect(await leftOf(gate)).toEqual([]);
  });

  test('somebody else ends the process: judge reports from what was written', async () => {
    const gate = await brokenGate('process.exit(1)');
    expect(await gate.ended, gate.output()).toBe(3);
    expect(await leftOf(gate)).toEqual([]);
    expect(runJudge(gate.folder).text).toContain('AK-SLO-1');
  });
});
