import { redactArguments, redactUrl } from '../../evidence/redact.ts';
import { type Run, runSchemaVersion } from '../../evidence/run.ts';
import { hostFacts, tailgateVersion, timeStamp } from '../../machine/facts.ts';
import { proxyFor } from '../../traffic/proxy.ts';
import type { GateOptions } from './options.ts';
import { planChecks } from './plan-checks.ts';

/** What a run is to be, before anything of it is started. */
export function describeRun(options: GateOptions, argv: readonly string[]): Run {
  const now = new Date();
  const { profiles, targets, suites, load: settings, client, service } = options;
  const isOurs = service.kind === 'reference-stack';
  return {
    schemaVersion: runSchemaVersion,
    id: `${timeStamp(now)}-${profiles.map(({ id }) => id).join('+')}`,
    tailgate: tailgateVersion(),
    epoch: now.toISOString(),
    epochMs: now.getTime(),
    host: hostFacts(),
    argv: redactArguments(argv),
    service: isOurs
      ? {
          kind: 'reference-stack',
          runtime: null,
          faults: service.faults.map(({ text }) => text),
          parts: [],
        }
      : {
          kind: 'external',
          url: redactUrl(service.url),
          metrics: service.metrics ? redactUrl(service.metrics.url) : null,
        },
    client: {
      requestsPerConnection: client.requestsPerConnection,
      redirects: client.redirects,
      proxy: isOurs ? null : (proxyFor(new URL(service.url), process.env)?.url.host ?? null),
    },
    profiles,
    targets,
    suites: suites.run,
    checks: planChecks(profiles, { targets, named: suites.named }),
    load: settings,
    scenarios: [],
  };
}
