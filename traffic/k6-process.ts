import {
  accessSync,
  closeSync,
  constants,
  openSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endOf, signalGroup, spawnGuarded } from '../machine/guarded.mjs';
import { makeTemporaryFolder } from '../machine/own-folders.ts';
import { describeError, SuiteError } from '../slo/errors.ts';
import { CpuMeter } from './cpu-meter.ts';
import { k6Arguments, k6Environment, type RunningK6 } from './k6-runner.ts';
import { proxyFor } from './proxy.ts';
import { planVariable, type ScriptInput } from './wire.ts';

const scripts = {
  load: fileURLToPath(new URL('k6/script.ts', import.meta.url)),
  probe: fileURLToPath(new URL('k6/probe.ts', import.meta.url)),
};

/** Nothing else of the environment: `K6_*` of the user's would change the load, and k6 shows scripts all it has. */
const passedOn = /^(PATH|TMPDIR|SSL_CERT_DIR|SSL_CERT_FILE)$/;

/** A k6 that runs as a process, which leads a group of its own. */
export interface K6Process extends RunningK6 {
  readonly pid: number;
}

/**
 * k6 as a guarded process. The input, which may hold secrets, is neither on the command line nor in the environment
 * nor left on disk: k6 reads it from a file that has no name any more. Throws `TRAFFIC_FAILED` when there is no such program.
 */
export function k6Process(
  path: string,
  does: keyof typeof scripts = 'load',
): (input: ScriptInput) => Promise<K6Process> {
  return (input) => start(path, scripts[does], input);
}

async function start(path: string, script: string, input: ScriptInput): Promise<K6Process> {
  const failed = (cause: unknown) =>
    new SuiteError('TRAFFIC_FAILED', `k6 cannot be started from ${path}: ${describeError(cause)}`, {
      cause,
    });
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    throw failed(error);
  }
  const { caFile, url } = input.plan;
  const proxy = proxyFor(new URL(url), process.env)?.url.href;
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name))),
    ...k6Environment,
    // Not the user's k6 settings: a folder that is not there.
    XDG_CONFIG_HOME: join(dirname(script), 'no-settings'),
    [planVariable]: '/dev/stdin',
    // What applies was decided already, for this one URL.
    ...(proxy === undefined ? {} : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy }),
    // k6 has no option for a private authority; Go trusts this file beside the system's folder of certificates.
    ...(caFile === undefined ? {} : { SSL_CERT_FILE: caFile }),
  };
  const stdin = namelessFile(JSON.stringify(input));
  const child = spawnGuarded(path, k6Arguments(script), { env, stdio: [stdin, 'pipe', 'pipe'] });
  closeSync(stdin);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(failed(cause)));
  });
  const ended = endOf(child);
  const { pid, stdout, stderr: errors } = child;
  if (pid === undefined || stdout === null || errors === null)
    throw new SuiteError('TRAFFIC_FAILED', `k6 was started without pipes from ${path}`);
  let stderr = '';
  errors.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const cpu = new CpuMeter(pid);
  void ended.then(() => cpu.stop());
  return {
    pid,
    stdout,
    stderrEnd: () => stderr,
    ended,
    kill: (signal) => signalGroup(child, signal),
    cpuCores: () => cpu.cores,
  };
}

/** Descriptor of a file that holds the text and that only its readers can reach. */
function namelessFile(text: string): number {
  const folder = makeTemporaryFolder('tailgate-plan-');
  const file = join(folder, 'plan.json');
  try {
    writeFileSync(file, text, { mode: 0o600 });
    const descriptor = openSync(file, 'r');
    unlinkSync(file);
    return descriptor;
  } finally {
    rmdirSync(folder);
  }
}
