import type { Run } from '../../evidence/run.ts';
import { objectiveWords, terminalTable } from '../../report/index.ts';
import { paramsOf } from '../../slo/check-record.ts';
import { loadSuite, objectivesOf, planRun, timeoutMs } from '../../slo/judge/plan.ts';
import { plannedMs } from '../../slo/load-settings.ts';
import type { Arrivals, Profile, Target } from '../../slo/profile.ts';
import { catalogue, suites } from '../../suites/catalogue.ts';
import { checkWords } from './check-words.ts';
import { needsOf, whyNotRun, whyUndecided } from './not-run.ts';
import type { GateOptions } from './options.ts';
import { checksFor } from './session.ts';

/** `--list`: the suites with their checks, then every target of the profiles with what decides it. */
export function list({ profiles, targets }: GateOptions): string {
  const known = suites.map(({ name, about, checks }) => {
    const rows = checks.map((check) => [
      check.id,
      Object.keys(check.params.shape).join(', '),
      check.about,
    ]);
    return `${name}: ${about}\n${rows.length === 0 ? '' : table(['check', 'parameters', 'verifies'], rows)}`;
  });
  const decided = profiles.map((profile) => {
    const rows = profile.targets
      .filter(({ id }) => targets === null || targets.includes(id))
      .flatMap((target) =>
        decidedBy(target).map((one, at) => [
          at === 0 ? target.id : '',
          at === 0 ? target.kind : '',
          ...one,
        ]),
      );
    return `Profile ${profile.id}: ${profile.title}\n${table(['target', 'kind', 'suite', 'decided by'], rows)}`;
  });
  return `${[...known, ...decided].join('\n\n')}\n`;
}

/** Suite and words of each part of a target. */
function decidedBy(target: Target): [string, string][] {
  if ('notRun' in target) return [['–', `not run: ${target.notRun}`]];
  const objectives = objectivesOf(target).map(({ objective }): [string, string] => [
    loadSuite,
    `${objectiveWords(objective)} (scenario ${objective.scenario})`,
  ]);
  const parts = (target.checks ?? []).map((part): [string, string] =>
    'check' in part
      ? [suiteOf(part.check), checkWords(part.check, paramsOf(part))]
      : ['–', `${part.part}: not run: ${part.notRun}`],
  );
  return [...objectives, ...parts];
}

const suiteOf = (check: string) => catalogue.find((one) => one.check.id === check)?.suite ?? '?';

/** `--dry-run`: what would run, in its order, and for how long; what would not, and why. */
export function plan(options: GateOptions, run: Run): string {
  const { profiles, service, load, suites: asked } = options;
  const where =
    service.kind === 'external'
      ? `on ${service.url}`
      : `on the reference stack, runtime ${service.runtime}`;
  const plans = planRun(profiles, run.targets, asked.run.includes(loadSuite)).profiles;
  const blocks = plans.map(({ profile, scenarios }) => {
    const driven = scenarios.map(({ name, scenario }) => [
      loadSuite,
      `scenario ${name}, ${arrivalWords(scenario.arrivals)}`,
      `${seconds(load.warmupMs)} of warm-up, then ${seconds(Math.min(load.minTimeMs, plannedMs(load, scenario)))} to ${seconds(plannedMs(load, scenario))}; an answer is waited for ${seconds(timeoutMs(profile))}`,
    ]);
    const checks = catalogue.flatMap(({ suite, check }) =>
      checksFor(profile.id, run)
        .filter((one) => one.check === check.id && check.run)
        .map((one) => ({
          suite,
          what: checkWords(one.check, one.params),
          withinMs: check.withinMs,
          skipped: whyNotRun(needsOf(check), profile, service),
        })),
    );
    const done = checks.filter(({ skipped }) => skipped === undefined);
    const head = `Profile ${profile.id} ${where}`;
    if (driven.length === 0 && done.length === 0)
      return `${head}\n${nothingDecided(profile, options)}`;
    const rows = [
      ...driven,
      ...done.map(({ suite, what, withinMs }) => [suite, what, `at most ${seconds(withinMs)}`]),
      ...checks.flatMap(({ suite, what, skipped }) =>
        skipped === undefined ? [] : [[suite, what, `not run: ${skipped}`]],
      ),
    ];
    return `${head}\n${table(['suite', 'what', 'how long'], rows)}`;
  });
  const flows = plans.flatMap(({ scenarios }) =>
    scenarios.map(({ scenario }) => {
      const most = plannedMs(load, scenario);
      return { least: load.warmupMs + Math.min(load.minTimeMs, most), most: load.warmupMs + most };
    }),
  );
  const sum = (of: 'least' | 'most') => seconds(flows.reduce((all, flow) => all + flow[of], 0));
  const inAll =
    flows.length === 0
      ? 'No load.'
      : `Load for ${sum('least')} at least, ${sum('most')} at most; checks take seconds each.`;
  return `${blocks.join('\n\n')}\n\n${inAll} Nothing was started.\n`;
}

function nothingDecided(profile: Profile, options: GateOptions): string {
  const reasons = whyUndecided(profile, options);
  return reasons.length === 0
    ? 'Nothing would be decided: none of its targets is asked for.'
    : `Nothing would be decided:\n${table(['target', 'because'], reasons)}`;
}

function arrivalWords(arrivals: Arrivals): string {
  switch (arrivals.shape) {
    case 'closed':
      return `${arrivals.concurrency} clients that wait for their answers`;
    case 'ramp':
      return `${arrivals.fromPerSecond} to ${arrivals.toPerSecond} requests/s`;
    default:
      return `${arrivals.perSecond} requests/s`;
  }
}

const seconds = (ms: number) =>
  ms < 120_000 ? `${ms / 1000} s` : `${Number((ms / 60_000).toFixed(1))} min`;

/** The last column takes what is left of the terminal's width. */
const table = (head: string[], rows: string[][]) =>
  terminalTable(head, rows, process.stdout.columns ?? usualWidth);

const usualWidth = 120;
