import { Command, Option } from 'commander';
import type { Selector } from '../../evidence/selector.ts';
import { faultHelp, faultWindowHelp } from '../../fixtures/faults.ts';
import { fromStanding } from '../../machine/standing.ts';
import { usualLoad } from '../../slo/load-settings.ts';
import { type Api, apis } from '../../slo/profile.ts';
import { type DialectName, dialectNames } from '../../slo/signals.ts';
import { usualSuites } from '../../suites/catalogue.ts';
import { usualClient, usualFirstAnswerMs } from '../../traffic/client.ts';
import {
  baseUrl,
  collect,
  duration,
  durationOption,
  exactUrl,
  positiveNumber,
  positiveWhole,
  selector,
  someText,
  targetId,
  wholeNumber,
} from '../cli/option-values.ts';
import type { RawClient } from './client-options.ts';

/** The command line of the gate as it is typed; what each word means together with the others, `options.ts` reads. */
export interface RawOptions extends RawClient {
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

/** Older names. `--only`, typed without `--`, npm swallows without a trace; `--target` reads like `--targets`. */
const formerTargets = new Option('--only <id...>').argParser(targetId).hideHelp();
const formerUrl = new Option('--target <url>').argParser(baseUrl).hideHelp();

export function command(): Command {
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
    .option('--model <name>', 'model to ask the service for', someText)
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
