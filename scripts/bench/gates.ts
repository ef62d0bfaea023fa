import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { listenOnLoopback } from '../../machine/loopback.ts';
import { clopperPearson } from '../../slo/statistics/binomial.ts';
import { runVerdictsSchema } from '../../slo/verdict.ts';

const main = resolve(import.meta.dirname, '../gate.ts');

/** One gate, as people run it: how long it took in all, how long load flowed, what it decided. */
async function timeGate(
  args: readonly string[],
): Promise<{ seconds: number; loadSeconds: number; exitCode: number; decisions: string[] }> {
  const parent = mkdtempSync(join(tmpdir(), 'tailgate-bench-'));
  const folder = join(parent, 'run');
  try {
    const started = performance.now();
    const gate = spawn(process.execPath, [main, '--quiet', '--out', folder, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [exitCode] = await once(gate, 'exit');
    const seconds = (performance.now() - started) / 1000;
    const { run } = await openRun(folder);
    const loadMs = run.scenarios.reduce(
      (sum, { startedAt, endedAt }) => sum + (endedAt ?? startedAt) - startedAt,
      0,
    );
    const verdicts = runVerdictsSchema.parse(
      JSON.parse(readFileSync(join(folder, runFiles.verdicts), 'utf8')),
    );
    const decisions = verdicts.profiles
      .flatMap(({ targets }) => targets.map(({ decision }) => decision))
      .filter((one) => one !== 'not-run');
    return { seconds, loadSeconds: loadMs / 1000, exitCode: Number(exitCode), decisions };
  } finally {
    rmSync(parent, { recursive: true });
  }
}

/** Wall time of a warm gate on the reference stack in processes, minus the time that load flows. The first one warms. */
export async function gateOverhead(): Promise<{
  seconds: number;
  loadSeconds: number;
  overheadSeconds: number;
  exitCode: number;
}> {
  const { seconds, loadSeconds, exitCode } = await timeGate(['--runtime', 'processes']);
  return { seconds, loadSeconds, overheadSeconds: seconds - loadSeconds, exitCode };
}

/**
 * Live gates against a server that fails requests independently, each with a probability at the limit of its error objective: every
 * pass is a false one. The bound is one-sided, at 99 %.
 */
export async function gatesAtTheLimit(
  count: number,
  onGate: (line: string) => void,
): Promise<{ count: number; passes: number; bound: number }> {
  const limit = 0.01;
  const random = xoroshiro128plus(Date.now());
  const answer = JSON.stringify({ predictions: [1], metadata: { model_version: 'v1' } });
  const server = createServer((_, response) => {
    const status = uniformFloat64(random) < limit ? 500 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
  });
  const target = [
    '--url',
    `http://${await listenOnLoopback(server)}`,
    '--api',
    'score',
    '--targets',
    'AK-SLO-3',
  ];
  let passes = 0;
  try {
    for (let gate = 1; gate <= count; gate++) {
      const load = [
        '--rate',
        '300',
        '--budget',
        '16s',
        '--min-time',
        '8s',
        '--warmup',
        '2s',
        '--seed',
        String(gate),
      ];
      const { decisions } = await timeGate([...target, ...load]);
      if (decisions.includes('pass')) passes++;
      onGate(`gate ${gate} of ${count}: ${decisions.join()}; false passes so far: ${passes}`);
    }
  } finally {
    server.close();
  }
  return { count, passes, bound: clopperPearson(passes, count, 0.98).upper };
}
