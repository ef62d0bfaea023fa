import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cleanUpDeadRuns } from '../fixtures/runtime/clean-up.ts';
import { journalFolder, listJournals, readJournal } from '../fixtures/runtime/journal.ts';
import { until } from '../fixtures/runtime/ready.ts';
import { type Holdings, holdings, remains } from '../fixtures/runtime/remains.testing.ts';
import { type RuntimeKind, runtimeKinds } from '../fixtures/runtime/runtime.ts';
import { testsOn } from '../fixtures/services/engine.testing.ts';
import { type Command, startCommand } from '../machine/command.testing.ts';
import { cacheFolder } from '../machine/own-folders.ts';

const testOn = await testsOn();
const script = fileURLToPath(new URL('up.ts', import.meta.url));

interface Up extends Command {
  journal(): string;
}

function startUp(args: string[], env: Record<string, string> = {}, journals = journalFolder()): Up {
  const command = startCommand([process.execPath, script, ...args], {
    env: { ...process.env, ...env },
  });
  const { pid } = command.child;
  const owned = (path: string) =>
    readJournal(path)?.some((entry) => entry.kind === 'owner' && entry.process.pid === pid);
  return { ...command, journal: () => listJournals(journals).find(owned) ?? '' };
}

/** Everything of a run is gone within the promised 5 s. */
async function gone(held: Holdings): Promise<void> {
  const started = performance.now();
  await until(async () => ((await remains(held)).length === 0 ? true : undefined), {
    withinMs: 5000,
  });
  expect(await remains(held)).toEqual([]);
  process.stdout.write(`everything gone ${Math.round(performance.now() - started)} ms after\n`);
}

function watchdogOf(journal: string): number {
  const entry = readJournal(journal)?.find(({ kind }) => kind === 'watchdog');
  if (entry?.kind !== 'watchdog') throw new Error('no watchdog in the journal');
  return entry.process.pid;
}

/** Journals of one's own beside everybody's tools: no run beside cleans up what was left here, and nothing here what it left. */
function ownJournals(): { env: Record<string, string>; journals: string } {
  const tools = join(cacheFolder(), 'tools');
  mkdirSync(tools, { recursive: true });
  const base = mkdtempSync(join(cacheFolder(), 'test-'));
  onTestFinished(() => rmSync(base, { recursive: true }));
  const env = { XDG_CACHE_HOME: base };
  const cache = cacheFolder(env);
  mkdirSync(cache);
  symlinkSync(tools, join(cache, 'tools'));
  return { env, journals: join(cache, 'journals') };
}

async function upWith(
  kind: RuntimeKind,
  env?: Record<string, string>,
  journals?: string,
): Promise<{ up: Up; held: Holdings }> {
  const up = startUp(['--runtime', kind, '--replicas', '2'], env, journals);
  await up.said(/Up\. Ctrl-C ends it\./);
  const held = await holdings(up.journal());
  expect(held.groups.length + held.containers.length).toBeGreaterThanOrEqual(5);
  expect(await remains(held)).not.toEqual([]);
  return { up, held };
}

describe.each(runtimeKinds)('npm run up with %s', (kind) => {
  const here = testOn(kind);

  here('takes everything down on Ctrl-C, with exit code 0', async () => {
    const { up, held } = await upWith(kind);
    up.child.kill('SIGINT');
    expect(await up.ended).toBe(0);
    expect(await remains(held)).toEqual([]);
  });

  here('leaves nothing 5 s after it was killed', async () => {
    const { up, held } = await upWith(kind);
    up.child.kill('SIGKILL');
    await up.ended;
    await gone(held);
  });

  here('leaves nothing 5 s after it was killed while it was starting', async () => {
    const up = startUp(['--runtime', kind]);
    await up.said(/redis is ready\./);
    const held = await holdings(up.journal());
    up.child.kill('SIGKILL');
    await up.ended;
    await gone(held);
  });

  here('is cleaned up after by the next run when its watchdog was killed too', async () => {
    const { env, journals } = ownJournals();
    const { up, held } = await upWith(kind, env, journals);
    // A run that lives is not touched.
    await cleanUpDeadRuns(journals);
    const url = /http:\/\/\S+(?=\/health)/.exec(up.output())?.[0];
    expect((await fetch(`${url}/health`)).status).toBe(200);

    process.kill(watchdogOf(held.journal), 'SIGKILL');
    up.child.kill('SIGKILL');
    await up.ended;
    // A run that starts beside this test cleans up after dead ones too, but not after this one.
    await cleanUpDeadRuns();
    expect(await remains(held)).not.toEqual([]);
    const next = startUp(['--runtime', 'processes', '--replicas', '1'], env);
    await next.said(/redis is ready\./);
    expect(await remains(held)).toEqual([]);
    next.child.kill('SIGINT');
    expect(await next.ended).toBe(0);
  });
});

test('a crash has happened when it says that it is up', async () => {
  const up = startUp(['--runtime', 'processes', '--replicas', '2', '--fault', 'crash']);
  await up.said(/Up\. Ctrl-C ends it\./);
  expect(up.output()).toContain('crash: replica-1 has ended.');
  up.child.kill('SIGINT');
  expect(await up.ended).toBe(0);
});

test('a second Ctrl-C ends it at once, and nothing is left', async () => {
  const { up, held } = await upWith('processes');
  up.child.kill('SIGINT');
  await up.said(/once more/);
  up.child.kill('SIGINT');
  await up.ended;
  await gone(held);
});

test.each([
  [['--system', 'mlops'], 'mlops-aks, kserve-mlops'],
  [['--fault', 'slow'], 'latency=300ms'],
  [
    ['--fault', 'errors=2% at 30s'],
    'npm run up sends none. Right would be, for example, errors=2%.',
  ],
  [['--replicas', '2', '--fault', 'crash on replica-3'], 'there are replica-1, replica-2'],
  [['--replicas', '0'], 'at least 1'],
  [['--nonsense'], '--help'],
])('%s is wrong usage, and nothing is started', async (args, hint) => {
  const up = startUp(args);
  expect(await up.ended).toBe(64);
  expect(up.output()).toContain(hint);
  expect(up.journal()).toBe('');
});

describe('where containers cannot be had', () => {
  const env = { TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX: 'localhost/no-such-mirror' };

  test('asking for them is an error that says how to get them, and nothing is started', async () => {
    const up = startUp(['--runtime', 'containers'], env);
    expect(await up.ended).toBe(3);
    expect(up.output()).toMatch(/No Docker engine answers|npm run images/);
    expect(up.journal()).toBe('');
  });

  test('auto takes processes, and says why', async () => {
    const up = startUp(['--replicas', '1'], env);
    await up.said(/Up\. Ctrl-C ends it\./);
    expect(up.output()).toMatch(/Runtime: processes, because containers cannot be had: \S/);
    up.child.kill('SIGTERM');
    expect(await up.ended).toBe(0);
  });
});
