// Every npm script starts with this: it refuses options that npm kept, installs the packages of package-lock.json when they are not
// here yet, and is silent otherwise. No `pre` script does that, since npm leaves those out with `ignore-scripts=true`.
// Plain JavaScript on Node's built-ins alone, since on a bare clone nothing else is there and Node may be an older one.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { causeIn, runGuarded } from '../fixtures/tools/guarded.mjs';
import { withLock } from '../fixtures/tools/lock.mjs';
import { keptByNpm, npmAround, refusal } from './npm-options.mjs';

const root = realpathSync(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.tailgate-installed');
const node = join(modules, '.bin', 'node');

/** This file itself, and npm, run on the machine's Node; everything after it on the one that is installed here. */
const oldestOwnNode = 18;
const oldestNode = [22, 22];
/** Exit codes of a broken harness and of wrong usage, as in every command of this project. */
const broken = 3;
const wrongUsage = 64;

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, os?: string[], cpu?: string[] }} Package */

/**
 * @param {string} file
 * @returns {Record<string, Package>} packages by path, without the project itself
 */
function packagesOf(file) {
  const { '': _, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages;
  return packages;
}

/** What the stamp says when everything is installed: it changes with the lockfile, with what is asked for, and with the machine. */
function wanted() {
  const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides, allowScripts]))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
}

/** @param {string} hash */
function isInstalled(hash) {
  return existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/**
 * Whether somebody's own `npm ci` or `npm install` has already put exactly the lockfile's packages here. npm writes its list of what is
 * in node_modules as its last step, so an interrupted one is not taken for a complete one.
 */
function isInstalledByHand() {
  const list = join(modules, '.package-lock.json');
  if (!existsSync(list) || installedNode() === undefined) return false;
  const [lock, here] = [packagesOf(join(root, 'package-lock.json')), packagesOf(list)];
  const same = Object.entries(here).every(([path, { version, integrity }]) => {
    const locked = lock[path];
    return locked !== undefined && locked.version === version && locked.integrity === integrity;
  });
  // A package for other machines may be absent.
  return same && Object.entries(lock).every(([path, { optional, devOptional }]) => here[path] || optional || devOptional);
}

/** Version of the installed Node, undefined when it is missing, does not run here, or is too old. */
function installedNode() {
  try {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
    const [leastMajor = 0, leastMinor = 0] = oldestNode;
    return major > leastMajor || (major === leastMajor && minor >= leastMinor) ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * npm as it was started, so that the same one goes on; otherwise the one on PATH.
 *
 * @returns {{ command: string, before: string[] }}
 */
function npm() {
  const { npm_node_execpath: runner } = process.env;
  const cli = npmAround(process.env);
  if (cli === undefined) return { command: 'npm', before: [] };
  // The Node inside node_modules goes away while npm works.
  const own = runner !== undefined && !runner.startsWith(modules) ? runner : process.execPath;
  return own.startsWith(modules) ? { command: 'npm', before: [] } : { command: own, before: [cli] };
}

/** One line that is rewritten on a terminal, and written every ten seconds elsewhere. */
function progress() {
  const start = Date.now();
  const total = Object.values(packagesOf(join(root, 'package-lock.json'))).filter(isForHere).length;
  let fetched = 0;
  const show = () => {
    const seconds = Math.round((Date.now() - start) / 1000);
    const counted = fetched > 0 ? `${Math.min(fetched, total)} of ${total} packages fetched, ` : '';
    say(`installing packages (first run only): ${counted}${seconds} s`);
  };
  const say = (/** @type {string} */ text) => process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  show();
  const timer = setInterval(show, process.stderr.isTTY ? 500 : 10_000);
  return {
    fetched: () => {
      fetched += 1;
    },
    end: (/** @type {string} */ how) => {
      clearInterval(timer);
      say(`installing packages: ${how} in ${Math.round((Date.now() - start) / 1000)} s${process.stderr.isTTY ? '\n' : ''}`);
    },
  };
}

/** @param {Package} entry */
function isForHere({ os, cpu }) {
  return (os === undefined || os.includes(process.platform)) && (cpu === undefined || cpu.includes(process.arch));
}

/**
 * @param {string} hash
 * @param {AbortSignal} signal
 */
async function install(hash, signal) {
  rmSync(stamp, { force: true });
  const { command, before } = npm();
  const line = progress();
  /** @param {string[]} args */
  const run = async (args) => {
    const all = [...before, ...args, '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=http'];
    const { code, tail } = await runGuarded(command, all, {
      cwd: root,
      signal,
      onLine: (text) => {
        if (/^npm http fetch GET 200 .*\.tgz/.test(text)) line.fetched();
      },
    });
    if (code === 0) return;
    const said = tail.split('\n').filter((text) => !text.startsWith('npm http') && text.trim() !== 'npm error');
    const cause = causeIn(tail);
    throw new Error(
      `${said.join('\n')}\n\n\`npm ${args[0]}\` failed${cause ? `: ${cause}` : ''}. Put that right and run the command again.`,
    );
  };
  let outcome = 'failed';
  try {
    // No package's script may run but the one of `node`, which fetches the binary for this machine. Done in two steps, this holds for
    // every npm, also those that do not read `allowScripts` or whose user forbids all; nothing is compiled.
    await run(['ci', '--ignore-scripts', '--include=dev', '--include=optional']);
    await run(['rebuild', 'node', '--ignore-scripts=false']);
    const version = installedNode();
    if (version === undefined) {
      throw new Error(
        `${node} is missing, does not run, or is older than ${oldestNode.join('.')}. Run \`npm ci\` and look at its warnings.`,
      );
    }
    writeFileSync(stamp, hash);
    outcome = `done, with Node ${version},`;
  } finally {
    line.end(signal.aborted ? 'interrupted' : outcome);
  }
}

async function main() {
  const kept = keptByNpm(process.env);
  if (kept.length > 0) {
    process.stderr.write(refusal(kept, process.env));
    process.exitCode = wrongUsage;
    return;
  }
  if (Number(process.versions.node.split('.')[0]) < oldestOwnNode) {
    throw new Error(
      `Node ${process.version} is too old to install anything: at least ${oldestOwnNode} is needed (https://nodejs.org/en/download).`,
    );
  }
  const hash = wanted();
  if (isInstalled(hash)) return;
  const stop = new AbortController();
  for (const [name, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.once(name, () => {
      process.exitCode = code;
      stop.abort();
    });
  }
  // A script's shell that is ended passes no signal on.
  const shell = process.ppid;
  const isAlone = () => {
    if (process.ppid === shell) return;
    process.exitCode = 143;
    stop.abort();
  };
  setInterval(isAlone, 500).unref();
  const onWait = (/** @type {number} */ pid) =>
    process.stderr.write(`waiting for process ${pid}, which is installing packages\n`);
  const options = { onWait, signal: stop.signal };
  await withLock(
    join(root, '.bootstrap'),
    async () => {
      if (isInstalled(hash)) return;
      if (isInstalledByHand()) writeFileSync(stamp, hash);
      else await install(hash, stop.signal);
    },
    options,
  );
}

try {
  await main();
} catch (error) {
  const interrupted = process.exitCode !== undefined;
  process.exitCode ??= broken;
  if (!interrupted) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
}
