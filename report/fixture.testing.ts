import { type Run, runSchemaVersion } from '../evidence/run.ts';
import { Endings } from '../slo/endings.ts';
import { CheckRecords } from '../slo/judge/checks.ts';
import { exitCode, judgeRun } from '../slo/judge/run.ts';
import { AnswerCounts, reconcile, spreadOf } from '../slo/reconcile.ts';
import type { Sample } from '../slo/sample.ts';
import type { ScenarioRecord } from '../slo/scenario-record.ts';
import type { RunVerdicts } from '../slo/verdict.ts';
import {
  caseOf,
  type FixtureName,
  fixtureNames,
  hostileText,
  profileOf,
} from './fixture-cases.testing.ts';
import { samplesOf } from './fixture-samples.testing.ts';

export { type FixtureName, fixtureNames } from './fixture-cases.testing.ts';

/** A made-up run for tests and for looking at the report, with what the judge says of it. */
export interface Fixture {
  run: Run;
  verdicts: RunVerdicts;
  samples: () => AsyncGenerator<Sample>;
}

const fixtures = new Map(
  await Promise.all(fixtureNames.map(async (name) => [name, await judged(name)] as const)),
);

export function fixture(name: FixtureName): Fixture {
  const made = fixtures.get(name);
  if (made === undefined) throw new Error(`no fixture ${name}`);
  return made;
}

async function judged(name: FixtureName): Promise<Fixture> {
  const run = runOf(name);
  const samples = run.scenarios.flatMap((record) => samplesOf(name, record));
  const { profiles: recorded, targets: asked, scenarios, epoch } = run;
  const answers = new AnswerCounts();
  const endings = new Map(scenarios.map((record) => [record.name, new Endings()]));
  for (const sample of samples) {
    answers.add(sample);
    endings.get(sample.scenario)?.add(sample);
  }
  const day = epoch.slice(0, 10);
  const decided = await judgeRun({ ...run, day, samples, seen: () => new CheckRecords() });
  const profiles = recorded.map(({ id, title, document, conflicts }, at) => {
    const { targets = [], checks = [], leftOut = [] } = decided[at] ?? {};
    return { id, title, document, targets, checks, leftOut, conflicts };
  });
  const targets = profiles.flatMap((profile) => profile.targets);
  const checks = profiles.flatMap((profile) => profile.checks);
  return {
    run,
    verdicts: {
      schemaVersion: 3,
      run: run.id,
      exitCode: exitCode({ targets, checks, asked, harness: 'sound' }),
      simulated: caseOf(name).external !== true,
      profiles,
      reconciliation: scenarios.map(({ name: scenario }) => reconciled(name, scenario, answers)),
      spread: scenarios.map(({ name: scenario }) =>
        spreadOf(scenario, answers.of(scenario).client),
      ),
      failures: [...endings]
        .map(([scenario, one]) => one.failures(scenario))
        .filter(({ failed }) => failed > 0),
      warnings: caseOf(name).warnings ?? [],
    },
    async *samples() {
      yield* samples;
    },
  };
}

/** The server's counts are the client's, but for a few that it lost where it fails. */
function reconciled(
  name: FixtureName,
  qualified: string,
  answers: AnswerCounts,
): RunVerdicts['reconciliation'][number] {
  const [profile = '', scenario = ''] = qualified.split('/');
  const { client, open } = answers.of(qualified);
  const series = [...client].flatMap(([replica, counts], at) =>
    (['requests', 'errors', 'cacheHits'] as const).map((signal) => {
      const lost = name === 'fail' && signal === 'requests' && at === 2 ? 4 : 0;
      const points = [[0, 0] as const, [1, counts[signal] - lost] as const];
      return { replica, process: replica, signal, points };
    }),
  );
  return caseOf(name).external === true
    ? reconcile({
        profile,
        scenario,
        rule: 'server-at-least',
        client,
        open,
        series,
        failure: { code: 'no-metrics-url' },
      })
    : reconcile({ profile, scenario, rule: 'equal', client, open, series, failure: null });
}

function runOf(name: FixtureName): Run {
  const text = (value: string) => (name === 'hostile' ? `${value} ${hostileText}` : value);
  const facts = caseOf(name);
  const faults = facts.faults ?? [];
  const profile = profileOf(text);
  const version = '0.1.0';
  const server = (at: number) => ({
    name: `reference-server-${at}`,
    version,
    from: 'reference-server/main.ts',
  });
  const [argv, hostile] = [
    faults.flatMap((fault) => ['--fault', fault]),
    name === 'hostile' ? [hostileText] : [],
  ];
  return {
    schemaVersion: runSchemaVersion,
    id: `20260301T120000Z-${profile.id}`,
    tailgate: { version, commit: '45e70395ad5d3a4f5a3c9a9ce5ab0f6f7f9a1b2c' },
    epoch: '2026-03-01T12:00:00.000Z',
    epochMs: 1_772_366_400_000,
    host: { os: 'linux 6.12', arch: 'x64', cores: 2, memoryBytes: 8 * 2 ** 30, node: '24.21.0' },
    argv: ['--profile', profile.id, '--seed', '42', ...argv, ...hostile],
    service:
      facts.external === true
        ? { kind: 'external', url: 'https://inference.example/', metrics: null }
        : {
            kind: 'reference-stack',
            runtime: 'processes',
            faults,
            parts: [
              { name: 'prometheus', version: text('3.15.0'), from: 'cache' },
              ...[1, 2, 3].map(server),
            ],
          },
    profiles: [profile],
    targets: null,
    suites: ['load'],
    checks: [],
    load: { seed: 42, budgetMs: 600_000, rampMs: 60_000, minTimeMs: 10_000, warmupMs: 2_000 },
    client: { requestsPerConnection: 100, redirects: 0, proxy: null },
    scenarios: recordsOf(name, profile),
    sealed: {
      at: '2026-03-01T12:02:00.000Z',
      end: facts.stop === 'interrupted' ? 'interrupted' : 'finished',
      failure: null,
      files: { 'samples.ndjson.gz': 'a'.repeat(64) },
      self: 'b'.repeat(64),
    },
  };
}

/** One scenario after the other; what a case says of its client and its end is about the first. */
function recordsOf(name: FixtureName, profile: Run['profiles'][number]): ScenarioRecord[] {
  const { judgedMs = 12_000, stop = 'decided', client, failure, switched = [] } = caseOf(name);
  const well = {
    exitCode: 0,
    signal: null,
    dropped: 0,
    clockJumpMs: 0.4,
    loopLagP99Ms: 11.2,
    stoodStillMs: 0,
    cpuCores: 0.31,
  };
  return Object.entries(profile.scenarios).map(([key, scenario], at) => {
    const startedAt = 2_000 + at * (judgedMs + 4_000);
    const shifted = switched.map(({ from, to, ...fault }) => {
      return { ...fault, from: from + 2_000, ...(to === undefined ? {} : { to: to + 2_000 }) };
    });
    return {
      name: `${profile.id}/${key}`,
      scenario,
      warmupMs: 2_000,
      plannedMs: judgedMs,
      minTimeMs: 10_000,
      timeoutMs: 2_000,
      startedAt,
      endedAt: startedAt + 2_000 + judgedMs,
      stop: at === 0 || stop === 'interrupted' ? stop : 'decided',
      client: at === 0 ? { ...well, ...client } : well,
      ...(at === 0 && failure !== undefined ? { failure } : {}),
      faults: at === 0 ? shifted : shifted.filter(({ to }) => to === undefined),
    };
  });
}
