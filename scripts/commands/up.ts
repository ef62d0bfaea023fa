import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { chooseRuntime } from '../../fixtures/choose-runtime.ts';
import { FaultAdmin } from '../../fixtures/fault-admin.ts';
import { type Fault, faultHelp, parseFault } from '../../fixtures/faults.ts';
import { replicaNames, usualReplicas } from '../../fixtures/replicas.ts';
import { type RuntimeKind, runtimeKinds } from '../../fixtures/runtime/runtime.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { type SystemName, systemNames } from '../../fixtures/spec/system-names.ts';
import { type Stack, startStack } from '../../fixtures/stack.ts';
import { usualTopology } from '../../fixtures/topology.ts';
import { usageError } from '../../slo/errors.ts';
import { endNow } from '../cli/command.ts';
import { Interruption } from '../cli/interruption.ts';
import { collect, parseTyped } from '../cli/option-values.ts';

interface Options {
  system: SystemName;
  runtime: RuntimeKind | 'auto';
  seed: number;
  replicas: number;
  fault?: string[];
}

/** A request that each system answers, as path and body. */
const exampleRequests: Record<SystemName, { path: string; body: string }> = {
  'mlops-aks': { path: '/score', body: '{"data": [[0.1, 0.2, 0.3, 0.4]]}' },
  'kserve-mlops': {
    path: '/v1/models/small:predict',
    body: '{"instances": [[0.1, 0.2, 0.3, 0.4]]}',
  },
};

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < least)
      throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
    return value;
  };
}

const command = new Command('npm run up --')
  .description('Starts the reference stack and keeps it up until Ctrl-C.')
  .addOption(
    new Option('--system <name>', 'what it is set up as').choices(systemNames).default('mlops-aks'),
  )
  .addOption(
    new Option('--runtime <kind>', 'how it runs')
      .choices(['auto', ...runtimeKinds])
      .default('auto'),
  )
  .option('--seed <n>', 'seed of the simulated devices', atLeast(0), 1)
  .option('--replicas <n>', 'reference servers behind the balancer', atLeast(1), usualReplicas)
  .option('--fault <fault>', 'break it on purpose, see below; repeatable', collect)
  .addHelpText(
    'after',
    `${faultHelp}
  They are on until the stack ends. A crash happens when it is up, before that is said.

Examples:
  npm run up
  npm run up -- --system kserve-mlops --runtime processes
  npm run up -- --fault stall=1s/20s --fault 'errors=2% on replica-2' --seed 7`,
  );

async function keepUp(options: Options): Promise<void> {
  const faults = (options.fault ?? []).map((text) =>
    withoutWindow(parseFault(text, replicaNames(options.replicas))),
  );
  using interruption = new Interruption({
    first: () => say('Taking the stack down; once more to be done with it at once.'),
    second: (name) => endNow(128 + constants.signals[name]),
  });
  const { signal } = interruption;
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await using watchdog = await startWatchdog({ onProgress: say });
  const logFolder = join(watchdog.makeFolder(), 'logs');
  mkdirSync(logFolder);
  await using runtime = await chooseRuntime(options.runtime, {
    logFolder,
    watchdog,
    onProgress: say,
    signal,
  });
  const { system, seed, replicas } = options;
  const starting = startStack({
    system,
    runtime,
    seed,
    topology: usualTopology(replicas),
    faults,
    onProgress: say,
  });
  const stack = await Promise.race([starting, aborted]);
  if (stack === undefined) {
    starting.catch(() => undefined);
    return;
  }
  const admin = new FaultAdmin(stack.faultAdmin);
  for (const { text, part, action } of faults) {
    if (action.kind !== 'crash') continue;
    const ended = await admin.crash(part);
    say(ended === null ? `${text}: it had ended before.` : `${text}: ${ended} has ended.`);
  }
  process.stdout.write(
    `${addresses(stack)}\nLogs: ${logFolder} (until the stack ends)\n\n${examples(stack)}\n\nUp. Ctrl-C ends it.\n`,
  );
  await aborted;
}

/** Without load there is no first request to count from. */
function withoutWindow(fault: Fault): Fault {
  if (fault.window === null) return fault;
  const always = fault.text.replace(/ (at|for|every) \S+/g, '');
  throw usageError(
    `Fault "${fault.text}": "at", "for" and "every" count from the first request, and npm run up sends none. Right would be, for example, ${always}.`,
  );
}

function addresses(stack: Stack): string {
  const table = new Table({
    head: ['part', 'version', 'address'],
    style: { head: [], border: [] },
  });
  const { url: haproxy, prometheusUrl: prometheus = '' } = stack;
  const address: Record<string, string> = { haproxy, prometheus };
  for (const replica of stack.replicas) address[replica.name] = `http://${replica.outside('http')}`;
  for (const { name, version } of stack.parts)
    table.push([name, version, address[name] ?? 'inside the stack only']);
  return table.toString();
}

function examples(stack: Stack): string {
  const { path, body } = exampleRequests[stack.system];
  const lines = [
    `curl -s ${stack.url}${path} -H 'content-type: application/json' -d '${body}'`,
    `curl -s ${stack.url}/health`,
    ...stack.replicas
      .slice(0, 1)
      .map((replica) => `curl -s http://${replica.outside('metrics')}/metrics`),
    `curl -s '${stack.prometheusUrl}/api/v1/query?query=up'`,
  ];
  return `Try:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export async function up(argv: readonly string[]): Promise<number> {
  parseTyped(command, argv);
  await keepUp(command.opts<Options>());
  return 0;
}
