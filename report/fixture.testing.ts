import type { Run } from '../evidence/run.ts';
import type { Objective, Profile } from '../slo/profile.ts';
import { AnswerCounts, spreadOf } from '../slo/reconcile.ts';
import type { Sample } from '../slo/sample.ts';
import {
  type Decision,
  type ObjectiveVerdict,
  type RatioEvidence,
  type RunVerdicts,
  type TargetVerdict,
  worst,
} from '../slo/verdict.ts';
import {
  type Case,
  cases,
  conflicts,
  type FixtureName,
  hostileText,
  notRun,
  notRunReason,
  promises,
} from './fixture-cases.testing.ts';
import { samplesOf } from './fixture-samples.testing.ts';

export { type FixtureName, fixtureNames } from './fixture-cases.testing.ts';

/** A made-up run for tests and for looking at the report. Its verdicts are plausible, not judged. */
export interface Fixture {
  run: Run;
  verdicts: RunVerdicts;
  samples: () => AsyncGenerator<Sample>;
}

/** Builds one of the fixtures; the same name always gives the same one. */
export function fixture(name: FixtureName): Fixture {
  const facts = cases[name];
  const text = (value: string) => (name === 'hostile' ? `${value} ${hostileText}` : value);
  const profile = profileOf(text);
  const run = runOf(name, facts, profile, text);
  const byScenario = new Map(run.scenarios.map((record) => [record.name, [...samplesOf(name, facts, run, record.name)]]));
  const generated = (scenario: string) => byScenario.get(scenario) ?? [];
  const targets: TargetVerdict[] = promises.map((promise) => {
    const samples = generated(`${profile.id}/${promise.objective.scenario}`);
    return verdictOf(promise, facts, samples, text);
  });
  targets.push(
    ...notRun.map((target) => ({
      ...target,
      statement: text(target.statement),
      decision: 'not-run' as const,
      reason: { code: 'profile' as const, text: text(notRunReason) },
    })),
  );
  const verdicts: RunVerdicts = {
    schemaVersion: 3,
    run: run.id,
    exitCode: facts.exitCode,
    simulated: name !== 'external',
    profiles: [
      { id: profile.id, title: text(profile.title), document: text(profile.document), targets, conflicts: profile.conflicts },
    ],
    reconciliation: reconciliationOf(name, generated(`${profile.id}/unique`)),
    spread: run.scenarios.map((record) => spreadOf(record.name, clientCounts(generated(record.name)))),
    warnings: facts.warnings.map(text),
  };
  return {
    run,
    verdicts,
    async *samples() {
      for (const samples of byScenario.values()) yield* samples;
    },
  };
}

function clientCounts(samples: readonly Sample[]) {
  const counts = new AnswerCounts();
  for (const sample of samples) counts.add({ ...sample, scenario: '' });
  return counts.of('').client;
}

function profileOf(text: (value: string) => string): Profile {
  return {
    schemaVersion: 1,
    id: 'mlops-aks',
    title: 'Machine-learning operations on AKS',
    document: '001_da5b0db0f22fc4d8.txt',
    system: 'mlops-aks',
    scenarios: {
      unique: {
        api: 'score',
        model: text('sentiment'),
        payloads: { kind: 'unique' },
        arrivals: { shape: 'constant', perSecond: 300 },
      },
      repeated: {
        api: 'score',
        model: text('sentiment'),
        payloads: { kind: 'repeated', distinct: 20, ttlSeconds: 3600 },
        arrivals: { shape: 'poisson', perSecond: 60 },
      },
    },
    targets: [
      ...promises.map(({ id, statement, objective, implied }) => ({
        id,
        kind: 'slo' as const,
        statement,
        section: 'Service level objectives',
        ...(implied === undefined ? {} : { implied }),
        objectives: [objective],
      })),
      ...notRun.map((target) => ({ ...target, notRun: notRunReason })),
    ],
    conflicts: conflicts.map((conflict) => ({ ...conflict, statement: text(conflict.statement) })),
  };
}

function runOf(name: FixtureName, facts: Case, profile: Profile, text: (value: string) => string): Run {
  const client = {
    exitCode: 0,
    signal: null,
    dropped: 0,
    clockJumpMs: 0.4,
    loopLagP99Ms: 11.2,
    stoodStillMs: 0,
    cpuCores: 0.31,
    ...facts.client,
  };
  const interrupted = name === 'interrupted';
  let startedAt = 2_000;
  const scenarios = Object.entries(profile.scenarios).map(([key, scenario]) => {
    const record = {
      name: `${profile.id}/${key}`,
      scenario,
      warmupMs: 5_000,
      plannedMs: 60_000,
      minTimeMs: 30_000,
      timeoutMs: 2_000,
      startedAt,
    };
    const endedAt = startedAt + 5_000 + facts.judgedMs;
    startedAt = endedAt + 1_500;
    const faults = facts.switched
      .map(({ from, to, ...fault }) => ({ ...fault, from: from + 2_000, ...(to === undefined ? {} : { to: to + 2_000 }) }))
      .filter(({ from }) => from < endedAt && (key === 'unique' || from >= record.startedAt))
      .map((fault) => (name === 'hostile' ? { ...fault, text: text(fault.text) } : fault));
    return { ...record, endedAt, stop: interrupted ? ('interrupted' as const) : ('decided' as const), client, faults };
  });
  return {
    schemaVersion: 3,
    id: `20260301T120000Z-${profile.id}`,
    tailgate: { version: '0.1.0', commit: '45e70395ad5d3a4f5a3c9a9ce5ab0f6f7f9a1b2c' },
    epoch: '2026-03-01T12:00:00.000Z',
    epochMs: 1_772_366_400_000,
    host: { os: 'linux 6.12', arch: 'x64', cores: 2, memoryBytes: 8 * 2 ** 30, node: '24.21.0' },
    argv: [
      '--profile',
      profile.id,
      '--seed',
      '42',
      ...facts.faults.flatMap((fault) => ['--fault', fault]),
      ...(name === 'hostile' ? [hostileText] : []),
    ],
    service:
      name === 'external'
        ? { kind: 'external', url: 'https://inference.example/', metrics: null }
        : {
            kind: 'reference-stack',
            runtime: 'processes',
            faults: facts.faults,
            parts: [
              { name: 'haproxy', version: '2.6.12', from: '/usr/sbin/haproxy' },
              { name: 'prometheus', version: text('3.15.0'), from: 'cache' },
              { name: 'redis', version: '7.0.15', from: '/usr/bin/redis-server' },
              ...[1, 2, 3].map((at) => ({ name: `reference-server-${at}`, version: '0.1.0', from: 'reference-server/main.ts' })),
            ],
          },
    profiles: [profile],
    targets: null,
    load: { seed: 42, budgetMs: 600_000, rampMs: 60_000, minTimeMs: 30_000, warmupMs: 5_000 },
    client: { requestsPerConnection: 100, redirects: 0, proxy: null },
    scenarios,
    sealed: {
      at: '2026-03-01T12:02:00.000Z',
      end: interrupted ? 'interrupted' : 'finished',
      failure: null,
      files: { 'samples.ndjson.gz': 'a'.repeat(64) },
      self: 'b'.repeat(64),
    },
  };
}

function verdictOf(
  promise: (typeof promises)[number],
  facts: Case,
  samples: Sample[],
  text: (value: string) => string,
): TargetVerdict {
  const { id, statement, objective, implied } = promise;
  const differs = facts.differs[id];
  const decision = differs?.decision ?? 'pass';
  const reason = differs?.reason ?? { code: 'within-limit' };
  const evidence = evidenceOf(objective, samples, facts, decision);
  const verdict: ObjectiveVerdict = {
    id: `${id}/${objective.indicator === 'latency' ? `latency-p${objective.quantile * 100}` : objective.indicator}`,
    objective,
    decision,
    reason,
    stop: differs?.stop ?? 'decided',
    evidence: reason.code === 'changed' ? { ...evidence, change: reason.change } : evidence,
  };
  return {
    id,
    kind: 'slo',
    statement: text(statement),
    section: 'Service level objectives',
    ...(implied === undefined ? {} : { implied }),
    decision: worst([decision]),
    objectives: [verdict],
  };
}

function evidenceOf(objective: Objective, samples: Sample[], facts: Case, decision: Decision): RatioEvidence {
  const counted = samples.filter((sample) => sample.phase === 'judged' && sample.outcome !== 'cut');
  const bad = counted.filter((sample) => isBad(objective, sample)).length;
  const n = counted.length;
  const clumping = decision === 'pass' ? 1 : 1.4;
  const effective = n / (1.5 + 3 * (clumping - 1));
  const latency = objective.indicator === 'latency';
  const allowedShare = latency ? 1 - objective.quantile : 'maxShare' in objective ? objective.maxShare : 0;
  const undecided = decision === 'pass' || decision === 'fail' ? 1 : 9;
  const spread = (undecided * 2.6 * Math.sqrt(Math.max(bad, 2) / n)) / Math.sqrt(effective);
  const chance = { pass: 3e-9, fail: 1 };
  return {
    ...{ kind: 'ratio', judgedMs: facts.judgedMs, blocks: 24, guarantee: 'calibrated' },
    caveats: [{ code: 'groups' }, { code: 'this-run', everyMs: facts.judgedMs / 10 }],
    ...{ n, bad, certainlyBad: bad, allowedShare: Number(allowedShare.toFixed(6)) },
    bounds: { lower: Math.max(0, bad / n - spread), upper: bad / n + spread },
    chance: decision === 'pass' ? chance : decision === 'fail' ? { pass: 1, fail: 3e-9 } : { pass: 0.2, fail: 0.4 },
    level: { pass: 0.00125, fail: 0.00025 },
    alpha: { pass: 0.01, fail: 0.002 },
    designEffect: { pass: clumping, fail: clumping },
    effective: { pass: effective, fail: effective },
    ...(latency ? { observedMs: quantileOf(counted, objective.quantile) } : {}),
  };
}

function quantileOf(samples: readonly Sample[], quantile: number): number | null {
  const latencies = samples.map((sample) =>
    sample.outcome === 'ok' ? sample.end - sample.intendedStart : Number.POSITIVE_INFINITY,
  );
  const at = latencies.sort((a, b) => a - b)[Math.ceil(quantile * latencies.length) - 1] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(at) ? at : null;
}

function isBad(objective: Objective, sample: Sample): boolean {
  if (objective.indicator === 'latency') return sample.outcome !== 'ok' || sample.end - sample.intendedStart >= objective.limitMs;
  if (objective.indicator === 'cache-misses') return sample.cacheHit !== true;
  if (objective.indicator === 'unavailability') return sample.outcome === 'timeout';
  return sample.outcome === 'http' || sample.outcome === 'malformed';
}

function reconciliationOf(name: FixtureName, samples: Sample[]): RunVerdicts['reconciliation'] {
  if (name === 'external') {
    const notes = [{ code: 'no-metrics-url' } as const];
    return [{ profile: 'mlops-aks', scenario: 'unique', rule: 'server-at-least', agrees: null, notes, rows: [] }];
  }
  const rows = [1, 2, 3].map((at) => {
    const client = samples.filter((sample) => sample.replica?.endsWith(`${name === 'hostile' ? at - 1 : at}`)).length;
    return {
      replica: `reference-server-${at}`,
      signal: 'requests' as const,
      client,
      server: name === 'fail' && at === 3 ? client - 4 : client,
    };
  });
  const notes = name === 'fail' ? [] : [{ code: 'unanswered', requests: 2 } as const];
  return [{ profile: 'mlops-aks', scenario: 'unique', rule: 'equal', agrees: name !== 'fail', notes, rows }];
}
