import { Command, Option } from 'commander';
import type { Selector } from '../../evidence/selector.ts';
import { type Fault, faultHelp, faultWindowHelp, parseFault } from '../../fixtures/faults.ts';
import { fromStanding } from '../../machine/standing.ts';
import { profiles as builtIn } from '../../profiles/index.ts';
import { findTargets, resolveProfiles } from '../../profiles/yaml/file.ts';
import { usageError } from '../../slo/errors.ts';
import { type LoadSettings, usualLoad } from '../../slo/load-settings.ts';
import { type Api, apis, type Profile } from '../../slo/profile.ts';
import { type DialectName, dialectNames } from '../../slo/signals.ts';
import { checkParams, usualSuites } from '../../suites/catalogue.ts';
import { type ClientSettings, usualClient, usualFirstAnswerMs } from '../../traffic/client.ts';
import { proxyFor } from '../../traffic/proxy.ts';
import {
  baseUrl,
  collect,
  duration,
  durationOption,
  exactUrl,
  parseTyped,
  positiveNumber,
  positiveWhole,
  selector,
  targetId,
  wholeNumber,
} from '../cli/option-values.ts';
import { type AskedSuites, readSuites, refuseLoadOptions } from './asked-suites.ts';
import { type MetricsSource, metricsSource, type RawClient, readClient } from './client-options.ts';
import { readBodies } from './payload-file.ts';
import { checkSystems } from './systems.ts';

/** A service that is not ours. */
export interface ExternalService {
  url: string;
  api: Api;
  model?: string;
  bodies?: string[];
  /** How long its very first answer is waited for. */
  firstAnswerMs: number;
  metrics?: MetricsSource;
  dialect: DialectName;
}

export interface GateOptions {
  profiles: Profile[];
  /** Ids to decide; null: all. */
  targets: string[] | null;
  suites: AskedSuites;
  load: LoadSettings;
  /** `list` and `plan` start nothing. */
  does: 'run' | 'list' | 'plan';
  out?: string;
  quiet: boolean;
  client: ClientSettings;
  service:
    | { kind: 'reference-stack'; runtime: 'auto' | 'containers' | 'processes'; faults: Fault[] }
    | ({ kind: 'external' } & ExternalService);
}

const examples = `
Examples:
  npm run gate                                       the reference stack against profile mlops-aks
  npm run gate -- --profile kserve-mlops --seed 7    another documented system
  npm run gate -- --fault latency=300ms              a release that is too slow: exit 1, AK-SLO-1 fails
  npm run gate -- --fault 'errors=40% on replica-2 at 35s for 10s every 60s'
  npm run gate -- --targets AK-SLO-4 --rate 500      one target, at another rate
  npm run gate -- --url https://ml.example.com --api score --profile ./our-profile.yaml --header env:AUTHORIZATION

Exit codes:
  0 every decided target passes · 1 a target failed · 2 something is inconclusive
  3 the measurement was invalid, nothing was decided, the harness broke, or a signal ended it before any load
  64 wrong usage, nothing was started`;

/** Options that only make sense with a service of one's own, and those that only make sense without one. */
const externalOnly = [
  'api',
  'model',
  'payloads',
  'header',
  'ca',
  'clientCert',
  'clientKey',
  'cert',
  'key',
  'firstAnswer',
  'metrics',
  'prometheus',
  'selector',
  'dialect',
] as const;
const referenceOnly = ['runtime', 'fault'] as const;

/** Options that nothing but load uses. Those that have a value when they are not given cannot be told from those that are. */
const loadOnly = ['budget', 'minTime', 'rate', 'arrivals', 'metrics', 'prometheus'] as const;

interface RawOptions extends RawClient {
  profile: string[];
  targets?: string[];
  only?: string[];
  suite?: string[];
  list: boolean;
  dryRun: boolean;
  budget?: number;
  minTime?: number;
  warmup: number;
  rate?: number;
  arrivals?: 'constant' | 'poisson';
  seed: number;
  out?: string;
  quiet: boolean;
  runtime?: 'auto' | 'containers' | 'processes';
  fault?: string[];
  url?: string;
  target?: string;
  api?: Api;
  model?: string;
  payloads?: string;
  firstAnswer?: number;
  metrics?: string;
  prometheus?: string;
  selector?: Selector;
  dialect?: DialectName;
}

/** Older names. `--only`, typed without `--`, npm swallows without a trace; `--target` reads like `--targets`. */
const formerTargets = new Option('--only <id...>').argParser(targetId).hideHelp();
const formerUrl = new Option('--target <url>').argParser(baseUrl).hideHelp();

function command(): Command {
  return new Command('npm run gate --')
    .description(
      'Drives load at an inference service and decides, with an error bound, whether it meets its documented SLOs.',
    )
    .option('--profile <id|all|file...>', 'built-in profiles, or YAML files of your own', [
      'mlops-aks',
    ])
    .option('--targets <id...>', 'decide only these targets', targetId)
    .addOption(formerTargets)
    .option('--suite <name|all...>', `suites to run (default: ${usualSuites.join(' and ')})`)
    .option('--list', 'list targets, with what decides each, and start nothing', false)
    .option('--dry-run', 'say what would run, and for how long, and start nothing', false)
    .option(
      '--budget <duration>',
      `judged load per scenario, at most; it ends once all is decided (default: ${usualLoad.budgetMs / 60_000}m)`,
      duration,
    )
    .option(
      '--min-time <duration>',
      `judged load before anything is decided (default: ${usualLoad.minTimeMs / 1000}s)`,
      duration,
    )
    .addOption(
      durationOption(
        '--warmup',
        'load sent, recorded and reported, but not judged',
        usualLoad.warmupMs,
      ),
    )
    .option(
      '--rate <n>',
      "requests per second of every open scenario, instead of the profile's",
      positiveNumber,
    )
    .addOption(
      new Option('--arrivals <shape>', 'how open scenarios space their requests').choices([
        'constant',
        'poisson',
      ]),
    )
    .option(
      '--requests-per-connection <n>',
      `a connection is given up after so many requests (default: ${usualClient.requestsPerConnection})`,
      positiveWhole,
    )
    .option(
      '--redirects <n>',
      `redirects to follow (default: ${usualClient.redirects}, a redirect is a wrong answer)`,
      wholeNumber,
    )
    .option(
      '--seed <n>',
      'seed of payloads, arrivals and the simulated device',
      wholeNumber,
      usualLoad.seed,
    )
    .option('--out <dir>', 'run folder (default: runs/<UTC time>-<profile>)')
    .option('--quiet', 'print nothing but errors', false)
    .addOption(
      new Option('--runtime <kind>', 'how the reference stack runs (default: auto)').choices([
        'auto',
        'containers',
        'processes',
      ]),
    )
    .option(
      '--fault <fault>',
      'break the reference stack on purpose, see below; repeatable',
      collect,
    )
    .option('--url <url>', 'judge this service instead of the reference stack', baseUrl)
    .addOption(formerUrl)
    .addOption(new Option('--api <kind>', 'wire format that the service speaks').choices([...apis]))
    .option('--model <name>', 'model to ask the service for')
    .option(
      '--payloads <file>',
      'request bodies, sent as given: a JSON array of bodies, one body over several lines, or one body per line',
      fromStanding,
    )
    .option(
      '--header <line>',
      "header to send ('Name: value', or env:NAME for a variable that holds such a line); repeatable",
      collect,
    )
    .option(
      '--ca <file>',
      'PEM file of a certificate authority to trust beside those of the system',
      fromStanding,
    )
    .option(
      '--client-cert <file>',
      'PEM file of our own certificate, for a service that asks for one',
      fromStanding,
    )
    .option('--client-key <file>', 'PEM file of its private key', fromStanding)
    .addOption(new Option('--cert <file>').argParser(fromStanding).hideHelp())
    .addOption(new Option('--key <file>').argParser(fromStanding).hideHelp())
    .option(
      '--first-answer <duration>',
      `how long the very first answer may take, before any load (default: ${usualFirstAnswerMs / 1000}s)`,
      duration,
    )
    .option('--metrics <url>', "the service's metrics endpoint", exactUrl)
    .option('--prometheus <url>', 'a Prometheus that watches the service', exactUrl)
    .option(
      '--selector <labels>',
      'read only the counters with these labels (\'label="value",…\')',
      selector,
    )
    .addOption(
      new Option('--dialect <name>', 'metric names of the service').choices([...dialectNames]),
    )
    .addHelpText('after', `${faultHelp}\n${faultWindowHelp}\n${examples}`)
    .allowExcessArguments(false);
}

/** Reads and checks the command line and every file it names. Throws `USAGE` with all that is wrong; starts nothing. */
export async function readOptions(argv: readonly string[]): Promise<GateOptions> {
  const program = command();
  parseTyped(program, argv);
  const raw = program.opts<RawOptions>();
  const url = raw.url ?? raw.target;
  refuseWrongCompany(raw, url);
  refuseHeaders(raw.profile);
  const suites = readSuites(raw.suite);
  refuseLoadOptions(
    suites,
    loadOnly.filter((key) => raw[key] !== undefined).map((key) => `--${kebab(key)}`),
  );
  const named = await resolveProfiles(raw.profile, builtIn, checkParams);
  const known = [...named.keys()];
  const asked = [...(raw.targets ?? []), ...(raw.only ?? [])];
  const targets = asked.length === 0 ? null : findTargets(known, asked);
  if (url === undefined) checkSystems(named, targets, suites);
  const profiles = known.map((profile) => adjust(profile, raw));
  const common = {
    profiles,
    targets,
    suites,
    load: loadOf(raw),
    does: whatToDo(raw),
    quiet: raw.quiet,
    client: readClient(raw),
    ...(raw.out === undefined ? {} : { out: raw.out }),
  };
  return {
    ...common,
    service: url === undefined ? referenceStack(raw) : externalService(raw, url, common.client),
  };
}

/** `--profile` takes all words that follow, those of a header too whose option was forgotten. They are not repeated. */
function refuseHeaders(profiles: readonly string[]): void {
  if (profiles.some((word) => /^[\w-]+:(\s|$)/.test(word))) {
    throw usageError(
      "--profile: a word after it is a header and no profile. Right would be --header 'Name: value' beside it.",
    );
  }
}

function whatToDo({ list, dryRun }: RawOptions): GateOptions['does'] {
  if (list && dryRun) throw usageError('Give --list or --dry-run, not both.');
  return list ? 'list' : dryRun ? 'plan' : 'run';
}

/** A minimum time that was asked for is kept: the usual budget gives way to it, a given one is refused. */
function loadOf({ budget, minTime, warmup, seed }: RawOptions): LoadSettings {
  if (budget !== undefined && minTime !== undefined && minTime > budget) {
    throw usageError(
      `--min-time ${minTime / 1000}s is longer than --budget ${budget / 1000}s: nothing could pass. Raise the budget, or leave it out.`,
    );
  }
  const minTimeMs = minTime ?? usualLoad.minTimeMs;
  return {
    seed,
    budgetMs: budget ?? Math.max(usualLoad.budgetMs, minTimeMs),
    rampMs: budget ?? minTimeMs,
    minTimeMs,
    warmupMs: warmup,
  };
}

function refuseWrongCompany(raw: RawOptions, url: string | undefined): void {
  if (raw.url !== undefined && raw.target !== undefined)
    throw usageError('--target is the older name of --url: give one of them.');
  const misplaced =
    url === undefined
      ? externalOnly.filter((key) => raw[key] !== undefined)
      : referenceOnly.filter((key) => raw[key] !== undefined);
  if (misplaced.length > 0) {
    const why =
      url === undefined ? 'belongs to --url URL' : 'belongs to the reference stack, not to --url';
    throw usageError(misplaced.map((key) => `--${kebab(key)} ${why}.`).join('\n'));
  }
  if (url !== undefined && raw.api === undefined) {
    throw usageError(`--url needs --api, the wire format that it speaks: ${apis.join(' or ')}.`);
  }
  if (raw.metrics !== undefined && raw.prometheus !== undefined)
    throw usageError('Give --metrics or --prometheus, not both.');
  if (raw.selector !== undefined && raw.metrics === undefined && raw.prometheus === undefined)
    throw usageError('--selector belongs to --metrics or --prometheus: give one of them too.');
}

/** The profile with `--rate`, `--arrivals`, `--api` and `--model` applied. */
function adjust(profile: Profile, { rate, arrivals: shape, api, model }: RawOptions): Profile {
  const scenarios = Object.entries(profile.scenarios).map(([name, scenario]) => {
    const { arrivals } = scenario;
    const perSecond = rate ?? ('perSecond' in arrivals ? arrivals.perSecond : undefined);
    const open =
      arrivals.shape !== 'closed' &&
      perSecond !== undefined &&
      (rate !== undefined || shape !== undefined);
    const adjusted = {
      ...scenario,
      arrivals: open
        ? { shape: shape ?? (arrivals.shape === 'ramp' ? 'constant' : arrivals.shape), perSecond }
        : arrivals,
      ...(api === undefined ? {} : { api }),
      ...(model === undefined ? {} : { model }),
    };
    return [name, adjusted] as const;
  });
  return { ...profile, scenarios: Object.fromEntries(scenarios) };
}

function referenceStack(raw: RawOptions): GateOptions['service'] {
  return {
    kind: 'reference-stack',
    runtime: raw.runtime ?? 'auto',
    faults: (raw.fault ?? []).map((text) => parseFault(text)),
  };
}

const kebab = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function externalService(
  raw: RawOptions,
  url: string,
  { headers }: ClientSettings,
): GateOptions['service'] {
  const kind = raw.metrics !== undefined ? 'metrics' : 'prometheus';
  const counters = raw[kind];
  // The address of a proxy may be wrong, too.
  for (const asked of [url, counters ?? url]) proxyFor(new URL(asked), process.env);
  return {
    kind: 'external',
    url,
    api: raw.api ?? 'score',
    firstAnswerMs: raw.firstAnswer ?? usualFirstAnswerMs,
    dialect: raw.dialect ?? 'reference',
    ...(raw.model === undefined ? {} : { model: raw.model }),
    ...(raw.payloads === undefined ? {} : { bodies: readBodies(raw.payloads) }),
    ...(counters === undefined
      ? {}
      : { metrics: metricsSource(kind, counters, headers, raw.selector) }),
  };
}
