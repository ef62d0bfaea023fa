// Every npm script starts with this: it refuses options that npm kept, installs the packages of package-lock.json when they are not
// here yet, and is silent otherwise. No `pre` script does that, since npm leaves those out with `ignore-scripts=true`.
// Plain JavaScript on Node's built-ins alone, since on a bare clone nothing else is there and Node may be an older one.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { causeIn } from '../fixtures/tools/causes.mjs';
import { withLock } from '../fixtures/tools/lock.mjs';
import { runGuarded } from '../machine/guarded.mjs';
import { keptByNpm, npmAround, refusal } from './npm-options.mjs';

const root = realpathSync(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.tailgate-installed');
const node = join(modules, '.bin', 'node');

/** This file itself, and npm, run on the machine's Node; everything after it on the one that is installed here. */
const oldestOwnNode = 18;
const oldestNode = '22.22';
/** Exit codes of a broken harness and of wrong usage, as in every command of this project. */
const broken = 3;
const wrongUsage = 64;

const say = (/** @type {string} */ text) => process.stderr.write(text);
const read = (/** @type {string} */ file) => readFileSync(file, 'utf8');

/** What the stamp says when everything is installed: it changes with the lockfile, with what is asked for, and with the machine. */
function wanted() {
  const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } =
    JSON.parse(read(join(root, 'package.json')));
  const asked = [
    dependencies,
    devDependencies,
    optionalDependencies,
    overrides,
    allowScripts,
    process.platform,
    process.arch,
  ];
  return createHash('sha256')
    .update(read(join(root, 'package-lock.json')))
    .update(JSON.stringify(asked))
    .digest('hex');
}

/** @param {string} hash */
function isInstalled(hash) {
  return existsSync(node) && existsSync(stamp) && read(stamp) === hash;
}

/**
 * Whether somebody's own `npm ci` or `npm install` has already put exactly the lockfile's packages here. npm writes its list of what is
 * in node_modules as its last step, so an interrupted one is not taken for a complete one.
 */
function isInstalledByHand() {
  const [lock, here] = [join(root, 'package-lock.json'), join(modules, '.package-lock.json')].map(
    (file) => existsSync(file) && JSON.parse(read(file)).packages,
  );
  if (!here || installedNode() === undefined) return false;
  return Object.keys({ ...lock, ...here }).every((path) => {
    const [locked, found] = [lock[path], here[path]];
    // A package for other machines may be absent.
    if (found === undefined) return path === '' || locked.optional || locked.devOptional;
    return locked?.version === found.version && locked.integrity === found.integrity;
  });
}

/** Version of the installed Node, undefined when it is missing, does not run here, or is too old. */
function installedNode() {
  try {
    const version = execFileSync(node, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return version.slice(1).localeCompare(oldestNode, 'en', { numeric: true }) >= 0
      ? version
      : undefined;
  } catch {
    return undefined;
  }
}

/** npm as it was started, so that the same one goes on, but not on the Node that goes away while it works; else the one on PATH. */
function npm() {
  const cli = npmAround(process.env);
  const runner = [process.env['npm_node_execpath'], process.execPath].find(
    (path) => path && !path.startsWith(modules),
  );
  return cli && runner ? [runner, cli] : ['npm'];
}

/** One line that is rewritten on a terminal, and written every ten seconds elsewhere. */
function progress() {
  const start = Date.now();
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  const line = (/** @type {string} */ text) =>
    say(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  let fetched = 0;
  const show = () =>
    line(
      `installing packages (first run only): ${fetched > 0 ? `${fetched} fetched, ` : ''}${seconds()}`,
    );
  show();
  const timer = setInterval(show, process.stderr.isTTY ? 500 : 10_000);
  return {
    onLine: (/** @type {string} */ text) => {
      if (/^npm http fetch GET 200 .*\.tgz/.test(text)) fetched += 1;
    },
    end: (/** @type {string} */ how) => {
      clearInterval(timer);
      line(`installing packages: ${how} in ${seconds()}${process.stderr.isTTY ? '\n' : ''}`);
    },
  };
}

/** @param {AbortSignal} signal */
async function install(signal) {
  const [command = 'npm', ...before] = npm();
  const { onLine, end } = progress();
  let outcome = 'failed';
  try {
    // No package's script may run but the one of `node`, which fetches the binary for this machine. Done in two steps, this holds for
    // every npm, also those that do not read `allowScripts` or whose user forbids all; nothing is compiled.
    for (const [what = '', ...args] of [
      ['ci', '--ignore-scripts', '--include=dev', '--include=optional'],
      ['rebuild', 'node', '--ignore-scripts=false'],
    ]) {
      const words = [
        ...before,
        what,
        ...args,
        '--no-audit',
        '--no-fund',
        '--no-update-notifier',
        '--loglevel=http',
      ];
      const { code, tail } = await runGuarded(command, words, { cwd: root, signal, onLine });
      if (code === 0) continue;
      const said = tail
        .split('\n')
        .filter((text) => !text.startsWith('npm http') && text.trim() !== 'npm error');
      const cause = causeIn(tail);
      const failed = `\`npm ${what}\` failed${cause ? `: ${cause}` : ''}. Put that right and run the command again.`;
      throw new Error(`${said.join('\n')}\n\n${failed}`);
    }
    const version = installedNode();
    if (version === undefined) {
      throw new Error(
        `${node} is missing, does not run, or is older than ${oldestNode}. Run \`npm ci\` and look at its warnings.`,
      );
    }
    outcome = `done, with Node ${version},`;
  } finally {
    end(signal.aborted ? 'interrupted' : outcome);
  }
}

async function main() {
  const kept = keptByNpm(process.env);
  if (kept.length > 0) {
    say(refusal(kept, process.env));
    process.exitCode = wrongUsage;
    return;
  }
  if (Number.parseInt(process.versions.node, 10) < oldestOwnNode) {
    throw new Error(
      `Node ${process.version} is too old to install anything: at least ${oldestOwnNode} is needed (https://nodejs.org/en/download).`,
    );
  }
  const hash = wanted();
  if (isInstalled(hash)) return;
  const stop = new AbortController();
  const interrupt = (/** @type {number} */ code) => {
    process.exitCode = code;
    stop.abort();
  };
  process
    .once('SIGINT', () => interrupt(130))
    .once('SIGTERM', () => interrupt(143))
    .once('SIGHUP', () => interrupt(129));
  // A script's shell that is ended passes no signal on.
  const shell = process.ppid;
  setInterval(() => process.ppid !== shell && interrupt(143), 500).unref();
  const onWait = (/** @type {number} */ pid) =>
    say(`waiting for process ${pid}, which is installing packages\n`);
  const work = async () => {
    if (isInstalled(hash)) return;
    rmSync(stamp, { force: true });
    if (!isInstalledByHand()) await install(stop.signal);
    writeFileSync(stamp, hash);
  };
  await withLock(join(root, '.bootstrap'), work, { onWait, signal: stop.signal });
}

try {
  await main();
} catch (error) {
  // One that was interrupted has its exit code, and nothing to say.
  if (process.exitCode === undefined) say(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode ??= broken;
}
