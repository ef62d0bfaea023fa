import { join } from 'node:path';
import type { CounterSource } from '../../evidence/prometheus-series.ts';
import { runFiles } from '../../evidence/run.ts';
import type { RunFolder } from '../../evidence/writer.ts';
import type { OpenService } from '../../fixtures/reference-service.ts';
import type { Watchdog } from '../../fixtures/runtime/watchdog.ts';
import { ensureTool } from '../../fixtures/tools/index.ts';
import type { Profile } from '../../slo/profile.ts';
import { k6Load } from '../../traffic/k6.ts';
import { k6Process } from '../../traffic/k6-process.ts';
import { reach } from '../../traffic/reach.ts';
import type { ExternalService, GateOptions } from './options.ts';
import { preflight } from './preflight.ts';
import { systemOf } from './systems.ts';

interface ServiceInput {
  profile: Profile;
  options: GateOptions;
  folder: RunFolder;
  watchdog: Watchdog;
  onProgress: (line: string) => void;
  signal: AbortSignal;
}

/** Where one profile's load goes: the reference stack, brought up for it, or the service that `--url` names. */
export function openService(input: ServiceInput): Promise<OpenService> {
  const { service } = input.options;
  return service.kind === 'external'
    ? externalService(input, service)
    : referenceService(input, service);
}

async function externalService(
  input: ServiceInput,
  service: ExternalService,
): Promise<OpenService> {
  const { profile, options, folder, onProgress, signal } = input;
  await reach(new URL(service.url), process.env, signal);
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
  return {
    url: service.url,
    counters: countersOf(service),
    load: k6Load(k6Process(k6.path)),
    client,
    [Symbol.asyncDispose]: async () => undefined,
  };
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
): Promise<OpenService> {
  const { profile, options, folder, watchdog, onProgress, signal } = input;
  // Not loaded for a service that is not ours: it brings a Docker client, among others.
  const { openReferenceStack } = await import('../../fixtures/reference-service.ts');
  const noted = folder.run.service;
  return openReferenceStack({
    system: systemOf(profile),
    runtime,
    seed: options.load.seed,
    faults,
    watchdog,
    onProgress,
    signal,
    logFolder: join(folder.dir, runFiles.logs, profile.id),
    onStarted: async (started) => {
      if (noted.kind !== 'reference-stack') return;
      // Stacks of several profiles have parts of the same names.
      const known = new Set(noted.parts.map(({ name }) => name));
      const parts = [...noted.parts, ...started.parts.filter(({ name }) => !known.has(name))];
      await folder.update({ service: { ...noted, runtime: started.runtime, parts } });
    },
  });
}
