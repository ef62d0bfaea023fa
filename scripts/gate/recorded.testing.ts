import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, vi } from 'vitest';
import { createRunFolder } from '../../evidence/writer.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import { fixture } from '../../report/fixture.testing.ts';
import { judgeCommand } from './judge.ts';

/** For tests: a run that was recorded, and ways to judge it again. */

interface Recorded {
  /** The one target that was run: AK-SLO-1 passes, AK-SLO-4 is inconclusive. */
  only?: string;
}

/** Of so many requests of the fixture one is recorded, so that a test need not wait for the others. */
const thinned = 4;

/** The sealed evidence of a run against a service that is not ours, without anything derived. */
export async function recordedRun({ only = 'AK-SLO-1' }: Recorded = {}): Promise<string> {
  const dir = join(scratch(), 'run');
  const { run, samples } = fixture('external');
  const { sealed: _, ...open } = run;
  const scenarios = open.scenarios.slice(0, 1).map((record) => {
    const arrivals = { shape: 'constant', perSecond: 300 / thinned } as const;
    return { ...record, scenario: { ...record.scenario, arrivals } };
  });
  // Whose metrics nobody asked for: nothing but the samples decides.
  const service = { kind: 'external', url: 'http://127.0.0.1:1', metrics: null } as const;
  const folder = await createRunFolder(dir, { ...open, targets: [only], scenarios, service });
  for await (const sample of samples()) {
    if (sample.scenario !== scenarios[0]?.name || sample.index % thinned !== 0) continue;
    folder.samples.write({ ...sample, index: sample.index / thinned });
  }
  await folder.seal({ end: 'finished', failure: null });
  return dir;
}

interface Judged {
  code: number | null;
  /** Said on both streams. */
  text: string;
}

/** `npm run judge` in this process, which is a second faster than `runJudge`. Rejects where the script would end broken. */
export async function judgeHere(folder: string): Promise<Judged> {
  const { result: code, text } = await said(() => judgeCommand([folder]));
  return { code, text };
}

/** The folder that the command in a summary means, as a shell in `cwd` reads it. */
export function judgedFolder(summary: string, cwd: string): string {
  const [, fence = '', command = ''] = /(`+) ?(npm run judge -- .*?) ?\1(?!`)/.exec(summary) ?? [];
  expect(fence).not.toBe('');
  const words = command.replace('npm run judge --', `printf '%s'`);
  return resolve(cwd, spawnSync('sh', ['-c', words], { cwd, encoding: 'utf8' }).stdout);
}

/** What work in this process says on both streams. */
export async function said<T>(work: () => T | Promise<T>): Promise<{ result: T; text: string }> {
  let text = '';
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      text += chunk;
      return true;
    }),
  );
  try {
    return { result: await work(), text };
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}
