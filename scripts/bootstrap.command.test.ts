import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { fakeMachine } from '../fixtures/tools/fake-machine.testing.ts';
import { startCommand } from '../machine/command.testing.ts';
import { processStat } from '../machine/processes.mjs';
import { typed } from './npm.testing.ts';

const repository = join(import.meta.dirname, '..');

/** An `npm` that installs a Node at once; `mode` makes it fail, hang in the midst, or install an old one. It counts its installs. */
const fakeNpm = `
case "$1" in
  ci)
    echo x >> "$FAKE_ROOT/installs"
    rm -rf node_modules; mkdir -p node_modules/.bin
    case "$(cat "$FAKE_ROOT/mode" 2>/dev/null)" in
      fail) echo "npm error code ENOTFOUND" >&2; exit 1 ;;
      full) echo "npm error code ENOSPC" >&2; exit 1 ;;
      hang) echo $$ > "$FAKE_ROOT/hanging"; sleep 600 ;;
    esac ;;
  rebuild)
    version=24.21.0; [ "$(cat "$FAKE_ROOT/mode" 2>/dev/null)" = old ] && version=20.1.0
    printf '#!/bin/sh\\necho v%s\\n' "$version" > node_modules/.bin/node; chmod +x node_modules/.bin/node
    cp package-lock.json node_modules/.package-lock.json ;;
esac`;

/** What has to run before any package is there. */
function copyBootstrap(clone: string): void {
  for (const folder of ['scripts', 'fixtures/tools', 'machine']) {
    const plain = readdirSync(join(repository, folder)).filter((name) => name.endsWith('.mjs'));
    for (const name of plain) cpSync(join(repository, folder, name), join(clone, folder, name));
  }
}

/** A bare clone with the files that matter here, beside an npm of its own. */
function bareClone() {
  const machine = fakeMachine();
  const clone = join(machine.root, 'clone');
  copyBootstrap(clone);
  const lock = (version: string) =>
    JSON.stringify({ packages: { '': {}, 'node_modules/node': { version } } });
  writeFileSync(
    join(clone, 'package.json'),
    JSON.stringify({ devDependencies: { node: '24.21.0' } }),
  );
  writeFileSync(join(clone, 'package-lock.json'), lock('24.21.0'));
  machine.executable('bin/npm', fakeNpm);
  const mode = (text: string) => writeFileSync(join(machine.root, 'mode'), text);
  const installs = () =>
    existsSync(join(machine.root, 'installs'))
      ? readFileSync(join(machine.root, 'installs'), 'utf8').length / 2
      : 0;
  const bootstrap = [process.execPath, join(clone, 'scripts', 'bootstrap.mjs')];
  const start = (command: readonly string[] = bootstrap) =>
    startCommand(command, { env: machine.environment });
  const run = async () => {
    const { ended, output } = start();
    return { code: await ended, output: output() };
  };
  return { ...machine, clone, lock, mode, installs, bootstrap, start, run };
}

test('a bare clone is installed once, and then nothing is done or said', async () => {
  const { run, installs } = bareClone();
  const first = await run();
  expect(first).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      /^installing packages \(first run only\): 0 s\n[\s\S]*done, with Node v24\.21\.0/,
    ),
  });
  await expect(run()).resolves.toEqual({ code: 0, output: '' });
  expect(installs()).toBe(1);
});

test('another lockfile, or a node_modules that is gone, is installed again', async () => {
  const { clone, lock, run, installs } = bareClone();
  await run();
  writeFileSync(join(clone, 'package-lock.json'), lock('24.22.0'));
  await run();
  rmSync(join(clone, 'node_modules'), { recursive: true });
  await run();
  expect(installs()).toBe(3);
});

test('what somebody installed by hand is left as it is, if it is what the lockfile says', async () => {
  const { clone, lock, run, installs } = bareClone();
  await run();
  rmSync(join(clone, 'node_modules', '.tailgate-installed'));
  await expect(run()).resolves.toEqual({ code: 0, output: '' });
  expect(installs()).toBe(1);
  rmSync(join(clone, 'node_modules', '.tailgate-installed'));
  writeFileSync(join(clone, 'node_modules', '.package-lock.json'), lock('23.0.0'));
  await run();
  expect(installs()).toBe(2);
});

test.each([
  [
    'fail',
    /npm error code ENOTFOUND\n\n`npm ci` failed: the network or its proxy does not let it through/,
  ],
  ['full', /npm error code ENOSPC\n\n`npm ci` failed: the disk is full/],
  ['old', /node is missing, does not run, or is older than 22\.22/],
])(
  'an installation that goes wrong (%s) is exit 3 with a reason, and is done again',
  async (how, message) => {
    const { mode, run } = bareClone();
    mode(how);
    await expect(run()).resolves.toMatchObject({ code: 3, output: expect.stringMatching(message) });
    mode('');
    await expect(run()).resolves.toMatchObject({ code: 0 });
  },
);

async function gone(pid: string): Promise<void> {
  await vi.waitFor(() => expect(processStat(Number(pid))).toBeUndefined(), { timeout: 10_000 });
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGKILL', 'SIGKILL'],
] as const)(
  '%s in the midst leaves no process and no stamp, and the next run installs',
  async (signal, code) => {
    const { root, clone, mode, start, run, installs } = bareClone();
    mode('hang');
    const { child, ended } = start();
    await vi.waitFor(() => expect(existsSync(join(root, 'hanging'))).toBe(true), {
      timeout: 30_000,
    });
    const npm = readFileSync(join(root, 'hanging'), 'utf8').trim();
    child.kill(signal);
    expect(await ended).toBe(code);
    await gone(npm);
    expect(existsSync(join(clone, 'node_modules', '.tailgate-installed'))).toBe(false);
    mode('');
    await expect(run()).resolves.toMatchObject({ code: 0 });
    expect(installs()).toBe(2);
  },
);

test('a shell around it that is ended, which passes no signal on, ends it too', async () => {
  const { root, clone, bootstrap, mode, start } = bareClone();
  mode('hang');
  const { child } = start(['sh', '-c', `${bootstrap.join(' ')} && echo installed`]);
  await vi.waitFor(() => expect(existsSync(join(root, 'hanging'))).toBe(true), { timeout: 30_000 });
  child.kill('SIGTERM');
  await gone(readFileSync(join(root, 'hanging'), 'utf8').trim());
  expect(existsSync(join(clone, 'node_modules', '.tailgate-installed'))).toBe(false);
});

test('runs at the same time install once', async () => {
  const { run, installs } = bareClone();
  const ended = await Promise.all([run(), run(), run()]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(installs()).toBe(1);
});

/** As a package of the lockfile: it has no binary until its own script has run, and then runs on the Node of these tests. */
function packNode(clone: string): void {
  const { root, executable } = fakeMachine();
  mkdirSync(join(root, 'package'));
  const scripts = { preinstall: 'sh install.sh' };
  writeFileSync(
    join(root, 'package', 'package.json'),
    JSON.stringify({ name: 'node', version: '24.21.0', bin: { node: 'bin/node' }, scripts }),
  );
  executable('package/install.sh', `mkdir -p bin && ln -s '${process.execPath}' bin/node`);
  execFileSync('tar', ['-czf', join(clone, 'node.tgz'), '-C', root, 'package']);
  const locked = {
    version: '24.21.0',
    resolved: 'file:node.tgz',
    bin: { node: 'bin/node' },
    hasInstallScript: true,
    dev: true,
  };
  const packages = {
    '': { devDependencies: { node: 'file:node.tgz' } },
    'node_modules/node': locked,
  };
  writeFileSync(
    join(clone, 'package-lock.json'),
    JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  );
}

test('the npm of this machine sets a bare clone up with `ignore-scripts=true`, and an older Node never meets TypeScript', async () => {
  const { root, bin, executable } = fakeMachine();
  const clone = join(root, 'clone');
  copyBootstrap(clone);
  packNode(clone);
  // By the name of its file, since npm 12 takes the name of a package only for one from a registry.
  const allowScripts = { node: true, 'file:node.tgz': true };
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  writeFileSync(
    join(clone, 'package.json'),
    JSON.stringify({
      type: 'module',
      scripts,
      allowScripts,
      devDependencies: { node: 'file:node.tgz' },
    }),
  );
  writeFileSync(
    join(clone, 'scripts', 'gate.ts'),
    'const words: string[] = process.argv.slice(2);\nconsole.log("gate", words.join());',
  );
  executable(
    'bin/node',
    `case "$1" in *.ts) echo "Unknown file extension .ts"; exit 1 ;; esac\nexec '${process.execPath}' "$@"`,
  );
  writeFileSync(join(root, 'npmrc'), 'ignore-scripts=true\n');
  const { code, text } = await typed(['npm', 'run', '--silent', 'gate', '--', '--rate', '5'], {
    cwd: clone,
    env: {
      PATH: `${bin}:${process.env['PATH']}`,
      NPM_CONFIG_USERCONFIG: join(root, 'npmrc'),
      NPM_CONFIG_OFFLINE: 'true',
    },
  });
  expect(text).toMatch(/gate --rate,5\n$/);
  expect(code).toBe(0);
});
