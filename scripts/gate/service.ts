import { join } from 'node:path';
import type { CounterSource } from '../../evidence/counter-source.ts';
import { type Run, runFiles } from '../../evidence/run.ts';
import type { RunFolder } from '../../evidence/writer.ts';
import type { OpenService } from '../../fixtures/reference-service.ts';
import type { Watchdog } from '../../fixtures/runtime/watchdog.ts';
import { spokenBy } from '../../fixtures/spec/system-names.ts';
import type { StackLender } from '../../fixtures/stack-lender.ts';
import { ensureTool } from '../../fixtures/tools/index.ts';
import { usualTopology } from '../../fixtures/topology.ts';
import { loadSuite, planRun } from '../../slo/judge/plan.ts';
import type { Api, Profile } from '../../slo/profile.ts';
import type { Numbers } from '../../suites/runner/numbers.ts';
import { k6Load, noLoad } from '../../traffic/k6.ts';
import { k6Process } from '../../traffic/k6-process.ts';
import { reach } from '../../traffic/reach.ts';
import type { ExternalService, GateOptions } from './options.ts';
import { preflight } from './preflight.ts';
import { systemOf } from './systems.ts';

interface ServiceInput {
  profile: Profile;
  options: GateOptions;
  folder: RunFolder;
  numbers: Numbers;
  watchdog: Watchdog;
  onProgress: (line: string) => void;
  signal: AbortSignal;
}

type ReferenceStackRun = Extract<Run['service'], { kind: 'reference-stack' }>;

/** A service with what is needed to ask it for something. */
export interface LentService extends OpenService {
  api: Api;
  model: string;
  lender?: StackLender;
}

/** Where one profile's load goes: the reference stack, brought up for it, or the service that `--url` names. */
export function openService(input: ServiceInput): Promise<LentService> {
  const { service } = input.options;
  return service.kind === 'external'
    ? externalService(input, service)
    : referenceService(input, service);
}

async function externalService(
  input: ServiceInput,
  service: ExternalService,
): Promise<LentService> {
  const { profile, options, signal } = input;
  await reach(new URL(service.url), process.env, signal);
  const sending = isLoaded(input)
    ? await clientFor(input, service)
    : { client: options.client, load: noLoad };
  return {
    url: service.url,
    address: service.url,
    api: service.api,
    model: service.model ?? Object.values(profile.scenarios)[0]?.model ?? 'model',
    counters: countersOf(service),
    ...sending,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The load generator, and how it goes there after one request of its own. */
async function clientFor(
  { profile, options, folder, onProgress, signal }: ServiceInput,
  service: ExternalService,
): Promise<Pick<LentService, 'client' | 'load'>> {
  const k6 = await ensureTool('k6', { onProgress, signal });
  const client = await preflight({
    service,
    client: options.client,
    profile,
    k6: k6.path,
    say: onProgress,
    signal,
  });
  const { requestsPerConnection } = client;
  await folder.update({ client: { ...folder.run.client, requestsPerConnection } });
  return { client, load: k6Load(k6Process(k6.path)) };
}

/** Whether any load is sent: a load generator takes minutes to be had on a fresh machine. */
function isLoaded({ profile, options: { suites, targets } }: ServiceInput): boolean {
  return planRun([profile], targets, suites.run.includes(loadSuite)).objectives > 0;
}

function countersOf({ metrics, dialect }: ExternalService): CounterSource {
  if (metrics === undefined) return { kind: 'none' };
  return metrics.kind === 'metrics'
    ? { ...metrics, kind: 'metrics', dialect }
    : { ...metrics, kind: 'prometheus', dialect, ours: false };
}

async function referenceService(
  input: ServiceInput,
  { runtime, faults }: GateOptions['service'] & { kind: 'reference-stack' },
): Promise<LentService> {
  const { profile, options, folder, numbers, watchdog, onProgress, signal } = input;
  const system = systemOf(profile);
  // Not loaded for a service that is not ours: it brings a Docker client, among others.
  const { openReferenceStack } = await import('../../fixtures/reference-service.ts');
  const { StackLender } = await import('../../fixtures/stack-lender.ts');
  const { epochMs } = folder.run;
  const lender = new StackLender(async (topology, { number, isUsual }) => {
    const stack = numbers.nextStack();
    return openReferenceStack({
      system,
      runtime,
      topology,
      seed: options.load.seed,
      withLoad: isUsual && isLoaded(input),
      // Of other topologies nobody said where they should be broken.
      faults: isUsual ? faults : [],
      number: stack,
      note: (event) => folder.history.write({ ...event, stack, at: Date.now() - epochMs }),
      onStarted: partsNoted(folder),
      watchdog,
      onProgress,
      signal,
      logFolder: join(
        folder.dir,
        runFiles.logs,
        number === 1 ? profile.id : `${profile.id}-${number}`,
      ),
    });
  });
  try {
    const service = await lender.lend(usualTopology());
    const [scenario] = Object.values(profile.scenarios);
    return {
      ...service,
      ...(scenario ?? spokenBy(system)),
      lender,
      [Symbol.asyncDispose]: () => lender[Symbol.asyncDispose](),
    };
  } catch (error) {
    await lender[Symbol.asyncDispose]();
    throw error;
  }
}

/** Parts of further stacks have the names of those of the first, and are the same. */
function partsNoted(folder: RunFolder) {
  const noted = folder.run.service;
  return async (started: Pick<ReferenceStackRun, 'runtime' | 'parts'>): Promise<void> => {
    if (noted.kind !== 'reference-stack') return;
    const known = new Set(noted.parts.map(({ name }) => name));
    const parts = [...noted.parts, ...started.parts.filter(({ name }) => !known.has(name))];
    await folder.update({ service: { ...noted, runtime: started.runtime, parts } });
  };
}
