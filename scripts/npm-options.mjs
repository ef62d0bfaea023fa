// Options typed before `--` are npm's: it hands them on in variables `npm_config_*`, and the command never sees them. What was meant
// for us is refused before anything else runs. Plain JavaScript on Node's built-ins, since on a bare clone nothing else is there.
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStat } from '../machine/processes.mjs';

const ofGate = words(
  'profile targets suite list dry-run budget min-time warmup rate arrivals seed out quiet runtime fault requests-per-connection redirects url api model',
  'payloads header ca client-cert client-key first-answer metrics prometheus selector dialect',
);

/**
 * Options of each npm script, as its help lists them (a test compares); of `npm test`, the one that people use.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const ownOptions = {
  gate: ofGate,
  load: ofGate,
  conformance: ofGate,
  judge: words('quiet'),
  up: words('system runtime seed replicas fault'),
  images: [],
  doctor: words('json'),
  bench: words('section short streams seed resume out gates'),
  generate: words('check'),
  test: words('project'),
};

/** npm knows some of these too, but has no use for them when it runs a script: whoever types them means us. */
const meantForUs = new Set([...Object.values(ownOptions).flat(), 'target', 'all', 'dry-run']);
/** A value that can be no secret: a URL of host, port and path alone, and what is neither a URL nor a header line. */
const harmless = /^(https?:\/\/[\w.:[\]/-]+|[^:@?;#]*)$/i;
/** Those that take no value. */
const flags = new Set(words('all check dry-run json list quiet short'));
/** npm hands these on in every run. */
const always = new Set(
  words(
    'user-agent userconfig globalconfig local-prefix global-prefix prefix cache noproxy npm-version node-gyp init-module allow-scripts',
    'global-ignore-file',
  ).map(variableOf),
);
/** npm's own too, but not among its definitions. */
const undefinedByNpm = ['nodedir'];

/** @typedef {Record<string, string | undefined>} Environment */
/** @typedef {{ name: string, value: string }} Option `quiet` without its dashes; `true` when it came without a value */

/**
 * The npm that runs a script of this package. Other package managers hand on what is typed by themselves.
 *
 * @param {Environment} environment
 * @returns {string | undefined} path of its program
 */
export function npmAround({ npm_execpath: cli }) {
  return cli !== undefined && /[/\\]npm-cli\.[cm]?js$/.test(cli) ? cli : undefined;
}

/**
 * Options of ours, or of nobody's, that npm kept from the command line that started this script.
 *
 * @param {Environment} environment
 * @returns {Option[]}
 */
export function keptByNpm(environment) {
  const cli = npmAround(environment);
  if (cli === undefined || !isScriptOfOurs(environment)) return [];
  const npms = environmentOfNpm(environment);
  const files = namesInNpmrcs(cli, environment);
  const candidates = Object.entries(environment).flatMap(([variable, value = '']) => {
    const name = /^npm_config_([^A-Z]+)$/.exec(variable)?.[1];
    const isSetElsewhere = name === undefined || files.has(name) || npms?.[variable] === value;
    return isSetElsewhere || always.has(name) ? [] : [{ name: name.replaceAll('_', '-'), value }];
  });
  // What `--quiet` is short for.
  const meansQuiet = ownOptions[environment['npm_lifecycle_event'] ?? '']?.includes('quiet');
  const options = candidates.flatMap((option) => {
    if (option.name !== 'loglevel') return [option];
    return option.value === 'warn' && meansQuiet ? [{ name: 'quiet', value: 'true' }] : [];
  });
  if (options.every(({ name }) => meantForUs.has(name))) return options;
  // Where it cannot be told what the environment sets, or what npm knows, only our own names are sure not to be somebody else's.
  const npmKnows = npms && namesKnownTo(cli);
  return options.filter(
    ({ name }) => meantForUs.has(name) || (npmKnows && !npmKnows.has(variableOf(name))),
  );
}

/**
 * What is said of such options: the right command. Values that may hold a secret are left out.
 *
 * @param {readonly Option[]} options
 * @param {Environment} environment
 */
export function refusal(options, { npm_lifecycle_event: script = '' }) {
  const command = script === 'test' ? 'npm test' : `npm run ${script}`;
  const names = options.map(({ name }) => dashed(name)).join(', ');
  const right = options.map(({ name, value }) =>
    asTyped({ name: meant(name, ownOptions[script] ?? []), value }),
  );
  return `npm took ${names} for its own, so nothing was started: write \`--\` before the options.\n\n  ${command} -- ${right.join(' ')}\n\n`;
}

/** @param {Option} option */
function asTyped({ name, value }) {
  if (value === '') return `--no-${name}`;
  if (value === 'true') return flags.has(name) ? dashed(name) : `${dashed(name)} …`;
  const isHarmless = (/** @type {string} */ one) =>
    meantForUs.has(name) && name !== 'header' && harmless.test(one);
  // npm joins the values of one that was given several times.
  return value
    .split('\n\n')
    .map((one) => quoted(`${dashed(name)}=${isHarmless(one) ? one : '…'}`))
    .join(' ');
}

/**
 * The option that a misspelt one most likely means; itself where none is near.
 *
 * @param {string} name
 * @param {readonly string[]} known
 */
function meant(name, known) {
  if (meantForUs.has(name) || name.length < 4) return name;
  return known.find((one) => distance(name, one) <= 2) ?? name;
}

/**
 * How many letters have to be put in, left out or replaced to make one word of another (Levenshtein).
 *
 * @param {string} from
 * @param {string} to
 */
function distance(from, to) {
  let row = [...Array(to.length + 1).keys()];
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [index, other] of [...to].entries()) {
      const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** @param {string} name */
function dashed(name) {
  return `${name.length === 1 ? '-' : '--'}${name}`;
}

/** @param {string} word */
function quoted(word) {
  return /^[\w%+,./:=…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** @param {string[]} lines */
function words(...lines) {
  return lines.flatMap((line) => line.split(' '));
}

/** @param {string} name */
function variableOf(name) {
  return name.replaceAll('-', '_').toLowerCase();
}

/**
 * An npm further out may run a script of another package, and its options are that package's.
 *
 * @param {Environment} environment
 */
function isScriptOfOurs({ npm_package_json: manifest }) {
  const own = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package.json');
  return (
    manifest !== undefined && attempt(() => realpathSync(manifest) === realpathSync(own)) === true
  );
}

/**
 * The variables that npm itself was started with, which may set its options too. Only Linux tells.
 *
 * @param {Environment} environment
 * @returns {Environment | undefined}
 */
function environmentOfNpm({ npm_node_execpath: runner = '' }) {
  return attempt(() => {
    const program = realpathSync(runner);
    let pid = process.ppid;
    while (readlinkSync(`/proc/${pid}/exe`) !== program) pid = processStat(pid)?.parent ?? 0;
    const lines = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  });
}

/**
 * Names that npm's files set, in the spelling of the variables.
 *
 * @param {string} cli
 * @param {Environment} environment
 */
function namesInNpmrcs(cli, environment) {
  // One that the environment sets already, in letters of any size, is not handed on again.
  const setting = (/** @type {string} */ name) =>
    environment[name] ??
    Object.entries(environment).find(([variable]) => variable.toLowerCase() === name)?.[1] ??
    '';
  const [user, global] = [setting('npm_config_userconfig'), setting('npm_config_globalconfig')];
  const files = [
    user,
    global,
    join(setting('npm_config_local_prefix'), '.npmrc'),
    join(dirname(dirname(cli)), 'npmrc'),
  ];
  const from = environment['INIT_CWD'] ?? '.';
  const lines = files.flatMap(
    (file) => attempt(() => readFileSync(resolve(from, file), 'utf8').split(/\r?\n/)) ?? [],
  );
  const names = lines.map(
    (line) => /^\s*["']?([^\s"';#=[\]]+)["']?(\[\])?\s*(=|$)/.exec(line)?.[1],
  );
  return new Set(names.map((name = '') => variableOf(name)));
}

/**
 * Names of npm's own options, in the spelling of the variables; undefined when this npm does not tell.
 *
 * @param {string} cli
 * @returns {Set<string> | undefined}
 */
function namesKnownTo(cli) {
  return attempt(() => {
    const { definitions } = createRequire(realpathSync(cli))('@npmcli/config/lib/definitions');
    return new Set([...Object.keys(definitions), ...undefinedByNpm].map(variableOf));
  });
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T | undefined} undefined when there is no such thing to read
 */
function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
