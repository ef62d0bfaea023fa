import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { until } from '../../fixtures/runtime/ready.ts';
import {
  type FakeMachine,
  fakeGo,
  fakeMachine,
} from '../../fixtures/tools/fake-machine.testing.ts';
import { endingSignals } from '../../machine/ending-signals.ts';
import { listenInTest } from '../../machine/loopback.testing.ts';
import { processStat } from '../../machine/processes.mjs';
import { slowEngine } from '../slow-engine.testing.ts';
import {
  type GateProcess,
  rightAnswer,
  runJudge,
  serve,
  startGate,
} from './gate-process.testing.ts';
import { leftOf } from './holdings.testing.ts';

/** Ctrl-C while things are still being had: probed, built, unpacked, pulled, waited for. */

const onProcesses = ['--runtime', 'processes', '--targets', 'AK-SLO-1'];
const onContainers = ['--runtime', 'containers', '--targets', 'AK-SLO-1'];

/** A machine whose Go never finishes, and whose apt-get does not either. */
function slowMachine(): FakeMachine & { env: Record<string, string> } {
  const machine = fakeMachine();
  machine.executable('bin/go', fakeGo);
  writeFileSync(join(machine.root, 'mode'), 'hang');
  machine.executable('bin/apt-get', 'echo $$ > "$FAKE_ROOT/hanging"; sleep 600');
  const env = Object.fromEntries(
    Object.entries(machine.environment).map(([name, value]) => [name, value ?? '']),
  );
  return { ...machine, env };
}

/** A Docker engine that takes connections and says nothing; `asked` resolves at the first one. */
async function silentEngine(): Promise<{ DOCKER_HOST: string; asked: Promise<void> }> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = createTcpServer(() => resolve());
  return { DOCKER_HOST: `tcp://${await listenInTest(server)}`, asked };
}

async function isReportedAsInterrupted(
  gate: GateProcess,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<void> {
  expect(await gate.ended, gate.output()).toBe(3);
  expect(gate.output()).toContain(`${signal}: ending`);
  expect(gate.output()).toContain('INTERRUPTED: the run was ended by a signal before any load');
  for (const file of [runFiles.verdicts, runFiles.html])
    expect(existsSync(join(gate.folder, file)), file).toBe(true);
  expect((await openRun(gate.folder)).run.sealed?.end).toBe('interrupted');
}

/** When the fake tool has begun, it has noted its process number. */
async function hangs({ root }: FakeMachine): Promise<void> {
  const begun = async () => existsSync(join(root, 'hanging')) || undefined;
  expect(await until(begun, { withinMs: 30_000 })).toBe(true);
}

/** What the fake tool that hangs has noted is gone, and nothing half-made is in the cache. */
function isSweptAway(machine: FakeMachine): void {
  expect(processStat(Number(readFileSync(join(machine.root, 'hanging'), 'utf8')))).toBeUndefined();
  expect(machine.cached().filter((name) => name.startsWith('tools/'))).toEqual([]);
}

test('while a tool is built', async () => {
  const machine = slowMachine();
  const url = await serve((_, response) => void response.end());
  const gate = startGate(['--url', url, '--api', 'score', '--targets', 'AK-SLO-1'], machine.env);
  await hangs(machine);
  gate.child.kill('SIGINT');
  await isReportedAsInterrupted(gate);
  isSweptAway(machine);
});

test.for(endingSignals)(
  'by %s, from the moment on that the script runs: nothing was started',
  async (signal) => {
    // What the gate loads first never comes.
    const stuck =
      'data:text/javascript,console.log("loading"); await new Promise(() => setInterval(() => undefined, 1000));';
    const hook = `process.getBuiltinModule("module").registerHooks({
    resolve: (name, context, next) => name === "./gate/gate.ts" ? { url: ${JSON.stringify(stuck)}, shortCircuit: true } : next(name, context)
  });`;
    const gate = startGate(['--url', 'http://127.0.0.1:9', '--api', 'score'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
    });
    await gate.said(/loading/);
    gate.child.kill(signal);
    expect(await gate.ended, gate.output()).toBe(3);
    expect(gate.output()).toContain(`INTERRUPTED: ${signal} ended it before anything was started`);
    expect(existsSync(gate.folder)).toBe(false);
  },
);

test.for(endingSignals)('by %s, while the first answer is waited for', async (signal) => {
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
  const gate = startGate([
    '--url',
    await serve(() => isAsked()),
    '--api',
    'score',
    '--targets',
    'AK-SLO-1',
  ]);
  await asked;
  gate.child.kill(signal);
  await isReportedAsInterrupted(gate, signal);
  expect(runJudge(gate.folder).code).toBe(3);
  expect(await leftOf(gate)).toEqual([]);
});

test('while its metrics are read before the load', async () => {
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
  const url = await serve((request, response) => {
    if (request.url === '/metrics') isAsked();
    else
      request
        .resume()
        .on('end', () =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer),
        );
  });
  const gate = startGate([
    '--url',
    url,
    '--api',
    'score',
    '--targets',
    'AK-SLO-1',
    '--metrics',
    `${url}/metrics`,
  ]);
  await asked;
  gate.child.kill('SIGTERM');
  await isReportedAsInterrupted(gate, 'SIGTERM');
});

test('while packages are fetched', async () => {
  const machine = slowMachine();
  const gate = startGate(onProcesses, machine.env);
  await hangs(machine);
  gate.child.kill('SIGINT');
  await isReportedAsInterrupted(gate);
  isSweptAway(machine);
});

test('while another gate builds what both need', async () => {
  const machine = slowMachine();
  const first = startGate(onProcesses, machine.env);
  await hangs(machine);
  const second = startGate(onProcesses, machine.env);
  const both = async () => readdirSync(join(machine.cache, 'journals')).length === 2 || undefined;
  expect(await until(both, { withinMs: 30_000 })).toBe(true);
  second.child.kill('SIGINT');
  await isReportedAsInterrupted(second);
  expect(first.child.exitCode).toBeNull();
  first.child.kill('SIGINT');
  await isReportedAsInterrupted(first);
});

test('while a Docker engine is asked that does not answer', async () => {
  const { DOCKER_HOST, asked } = await silentEngine();
  const gate = startGate(onContainers, { ...slowMachine().env, DOCKER_HOST });
  await Promise.race([asked, gate.ended]);
  gate.child.kill('SIGINT');
  await isReportedAsInterrupted(gate);
});

test('while an image is pulled', async () => {
  const { DOCKER_HOST } = await slowEngine();
  const gate = startGate(onContainers, { ...slowMachine().env, DOCKER_HOST });
  await gate.said(/pulling image/);
  gate.child.kill('SIGINT');
  await isReportedAsInterrupted(gate);
});

test('twice within a moment, as npm and a terminal each hand on one Ctrl-C: it counts once', async () => {
  const machine = slowMachine();
  const gate = startGate(onProcesses, machine.env);
  await hangs(machine);
  gate.child.kill('SIGINT');
  await new Promise((soon) => setTimeout(soon, 20));
  gate.child.kill('SIGINT');
  await isReportedAsInterrupted(gate);
});
