import { create } from 'xmlbuilder2';
import type { Run } from '../evidence/run.ts';
import type { RunVerdicts, TargetVerdict } from '../slo/verdict.ts';
import { apartWords } from './content/apart.ts';
import { caveatsOf } from './content/caveats.ts';
import { failureWords } from './content/failures.ts';
import { plain, shellQuote, spaced } from './content/format.ts';
import { notRunWords, reasonWords, unexpectedWords } from './content/reasons.ts';
import {
  counts,
  isDecided,
  judgedMsOf,
  ownTargets,
  type ProfileVerdicts,
  rowsOf,
  targetWords,
  type VerdictRow,
} from './content/rows.ts';
import {
  boundWords,
  objectiveWords,
  runtimeWords,
  seenWords,
  stopWords,
} from './content/wording.ts';

type Element = ReturnType<ReturnType<typeof create>['ele']>;

/**
 * `junit.xml`: a suite per profile, a case per target. A missed target is a failure; invalid and inconclusive are errors; a target
 * that nothing decided is skipped. Attributes are the common ground of the schemas of Ant and of Jenkins' xUnit plugin.
 */
export function renderJunit(run: Run, verdicts: RunVerdicts): string {
  const document = create({ version: '1.0', encoding: 'UTF-8' });
  const root = document.ele('testsuites');
  verdicts.profiles.flatMap(suitesOf).forEach((profile, index) => {
    addSuite(root, run, verdicts, profile, index);
  });
  return spaced(`${document.end({ prettyPrint: true })}\n`);
}

/** The targets of a profile, and where there are any, the checks that decide none. */
function suitesOf(profile: ProfileVerdicts): ProfileVerdicts[] {
  const { id, checks } = profile;
  if (checks.length === 0) return [profile];
  const own = { ...profile, id: `${id}.checks`, targets: ownTargets(profile), conflicts: [] };
  return [profile, own];
}

/** A missed target fails, one that is only advisory is passed over. */
function outcomeOf(target: TargetVerdict): 'pass' | 'failure' | 'error' | 'skipped' {
  if (target.decision === 'pass') return 'pass';
  if (target.decision === 'not-run' || !counts(target)) return 'skipped';
  return target.decision === 'fail' ? 'failure' : 'error';
}

function addSuite(
  root: Element,
  run: Run,
  verdicts: RunVerdicts,
  profile: ProfileVerdicts,
  index: number,
): void {
  const having = (outcome: ReturnType<typeof outcomeOf>) =>
    String(profile.targets.filter((target) => outcomeOf(target) === outcome).length);
  const suite = root.ele('testsuite', {
    name: plain(profile.id),
    package: 'tailgate',
    id: String(index),
    timestamp: run.epoch.slice(0, 19),
    hostname: 'localhost',
    tests: String(profile.targets.length),
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
    time: seconds(judgedMsOfProfile(profile)),
  });
  const properties = suite.ele('properties');
  for (const [name, value] of facts(run, verdicts, profile))
    properties.ele('property', { name, value: plain(value) });
  const caveats = caveatsOf(profile.targets.filter(isDecided).flatMap(rowsOf));
  for (const target of profile.targets) addCase(suite, profile, target, caveats.of);
  const said = [
    ...(verdicts.simulated ? ['Figures of the GPU are simulated.'] : []),
    ...caveats.common,
    ...failureWords({
      failures: verdicts.failures.filter((one) => one.profile === profile.id),
    }),
    ...profile.targets.filter(isDecided).flatMap(apartWords),
  ];
  suite.ele('system-out').txt(said.map(plain).join('\n'));
  suite.ele('system-err').txt(verdicts.warnings.map(plain).join('\n'));
}

function addCase(
  suite: Element,
  profile: ProfileVerdicts,
  target: TargetVerdict,
  caveatsOfRow: (row: VerdictRow) => string[],
): void {
  const attributes = {
    name: plain(`${target.id}: ${target.statement}`),
    classname: plain(`${profile.id}.${target.kind}`),
  };
  if (!isDecided(target)) {
    suite
      .ele('testcase', { ...attributes, time: seconds(0) })
      .ele('skipped', { message: plain(notRunWords(target)) });
    return;
  }
  const rows = rowsOf(target);
  const testcase = suite.ele('testcase', {
    ...attributes,
    time: seconds(Math.max(0, ...rows.map((row) => judgedMsOf(row.evidence)))),
  });
  const outcome = outcomeOf(target);
  if (outcome === 'pass') return;
  const lines = rows.map((row) => [...factsOf(row), ...caveatsOfRow(row)].map(plain).join('; '));
  for (const { statement, touches } of profile.conflicts)
    if (touches.includes(target.id)) lines.push(`conflict in the document: ${plain(statement)}`);
  const reasons = rows.filter(({ decision }) => decision === target.decision).map(reasonWords);
  testcase
    .ele(outcome, {
      message: plain([targetWords(target), ...new Set(reasons)].join(': ')),
      ...(outcome === 'skipped' ? {} : { type: target.decision }),
    })
    .txt(lines.join('\n'));
}

function factsOf(row: VerdictRow): string[] {
  const { id, decision, objective, evidence, stop } = row;
  return [
    `${id}: ${decision}`,
    objective === undefined ? '' : objectiveWords(objective),
    seenWords(row),
    evidence?.kind === 'exact' ? '' : `bound ${boundWords(row)}`,
    stop === undefined ? '' : stopWords[stop],
    reasonWords(row),
    ...unexpectedWords(row),
    row.reason?.code === 'check-crashed' ? row.reason.detail : '',
  ].filter((part) => part !== '');
}

function facts(run: Run, verdicts: RunVerdicts, profile: ProfileVerdicts): [string, string][] {
  return [
    ['run', run.id],
    ['exit-code', String(verdicts.exitCode)],
    ['simulated', String(verdicts.simulated)],
    ['document', profile.document],
    ['tailgate', run.tailgate.version],
    ['commit', run.tailgate.commit ?? 'unknown'],
    ['seed', String(run.load.seed)],
    ['started', run.epoch],
    ['host', `${run.host.os} ${run.host.arch}, ${run.host.cores} cores, Node ${run.host.node}`],
    ['command', `npm run gate -- ${run.argv.map(shellQuote).join(' ')}`],
    [
      'service',
      run.service.kind === 'external'
        ? run.service.url
        : `reference stack, ${runtimeWords(run.service)}`,
    ],
    ...(run.service.kind === 'reference-stack' ? run.service.faults : []).map(
      (fault): [string, string] => ['fault', fault],
    ),
  ];
}

/** Objectives of one scenario share its load, so each scenario counts once. */
function judgedMsOfProfile(profile: ProfileVerdicts): number {
  const byScenario = new Map<string, number>();
  for (const row of profile.targets.filter(isDecided).flatMap(rowsOf)) {
    const scenario = row.objective?.scenario ?? row.id;
    byScenario.set(scenario, Math.max(byScenario.get(scenario) ?? 0, judgedMsOf(row.evidence)));
  }
  return [...byScenario.values()].reduce((sum, ms) => sum + ms, 0);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
