import type { Run } from '../evidence/run.ts';
import type { Objective, Profile } from '../slo/profile.ts';
import type { RequestOutcome, Sample } from '../slo/sample.ts';
import {
  type Decision,
  type Evidence,
  type ObjectiveVerdict,
  type RunVerdicts,
  type TargetVerdict,
  worst,
} from '../slo/verdict.ts';
import { type Case, cases, conflicts, type FixtureName, hostileText, notRun, notRunReason, promises } from './fixture-cases.ts';

export { type FixtureName, fixtureNames } from './fixture-cases.ts';

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
      reason: text(notRunReason),
    })),
  );
  const verdicts: RunVerdicts = {
    schemaVersion: 1,
    run: run.id,
    exitCode: facts.exitCode,
    simulated: name !== 'external',
    profiles: [
      { id: profile.id, title: text(profile.title), document: text(profile.document), targets, conflicts: profile.conflicts },
    ],
    reconciliation: reconciliationOf(name, generated(`${profile.id}/unique`)),
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
  const client = { exitCode: 0, signal: null, dropped: 0, clockJumpMs: 0.4, loopLagP99Ms: 11.2, cpuCores: 0.31, ...facts.client };
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
    return { ...record, endedAt, stop: interrupted ? ('interrupted' as const) : ('decided' as const), client };
  });
  return {
    schemaVersion: 1,
    id: `20260301T120000Z-${profile.id}`,
    tailgate: { version: '0.1.0', commit: '45e70395ad5d3a4f5a3c9a9ce5ab0f6f7f9a1b2c' },
    epoch: '2026-03-01T12:00:00.000Z',
    epochMs: 1_772_366_400_000,
    seed: 42,
    host: { os: 'linux 6.12', arch: 'x64', cores: 2, memoryBytes: 8 * 2 ** 30, node: '24.21.0' },
    argv: [
      '--profile',
      profile.id,
      '--seed',
      '42',
      ...(facts.fault === null ? [] : ['--fault', facts.fault]),
      ...(name === 'hostile' ? [hostileText] : []),
    ],
    target:
      name === 'external'
        ? { kind: 'external', url: 'https://inference.example/', metrics: null }
        : {
            kind: 'reference-stack',
            runtime: 'processes',
            fault: facts.fault,
            parts: [
              { name: 'haproxy', version: '2.6.12', from: '/usr/sbin/haproxy' },
              { name: 'prometheus', version: text('3.15.0'), from: 'cache' },
              { name: 'redis', version: '7.0.15', from: '/usr/bin/redis-server' },
              ...[1, 2, 3].map((at) => ({ name: `reference-server-${at}`, version: '0.1.0', from: 'reference-server/main.ts' })),
            ],
          },
    profiles: [profile],
    only: null,
    budgetMs: 600_000,
    patienceMs: 60_000,
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

function* samplesOf(name: FixtureName, facts: Case, run: Run, scenario: string): Generator<Sample> {
  const record = run.scenarios.find((candidate) => candidate.name === scenario);
  if (record?.endedAt === undefined || !('perSecond' in record.scenario.arrivals)) return;
  const random = seededRandom(scenario.length * 1000 + facts.judgedMs);
  const repeated = record.scenario.payloads.kind === 'repeated';
  const spacing = 1000 / record.scenario.arrivals.perSecond;
  for (let index = 0; record.startedAt + index * spacing < record.endedAt; index += 1) {
    const intendedStart = record.startedAt + index * spacing;
    const hit = repeated && index >= 20 && random() < 0.93;
    const cold = intendedStart < record.startedAt + 2_000 ? 3 : 1;
    const slow = random() < facts.slowShare;
    const latency = (hit ? 2 : 24) * cold * Math.exp(0.35 * gaussian(random)) + (slow ? 180 + 260 * random() : 0);
    const start = intendedStart + (name === 'invalid' && random() < 0.05 ? 40 + 300 * random() : 0.2 * random());
    const outcome = outcomeOf(facts, intendedStart + latency > record.endedAt, random);
    yield {
      index,
      scenario,
      phase: intendedStart < record.startedAt + record.warmupMs ? 'warmup' : 'judged',
      intendedStart,
      start,
      end: Math.min(record.endedAt, start + latency),
      firstByte: start + latency * 0.9,
      outcome,
      status: outcome === 'ok' ? 200 : outcome === 'http' ? 500 : 0,
      bytes: 412,
      requestId: `request-${index}`,
      route: 'main',
      ...(outcome === 'timeout'
        ? {}
        : { replica: name === 'hostile' ? `${hostileText}-${index % 3}` : `reference-server-${1 + (index % 3)}` }),
      modelVersion: name === 'hostile' ? hostileText : '1.4.0',
      ...(repeated ? { cacheHit: hit, payload: index % 20 } : {}),
    };
  }
}

function outcomeOf(facts: Case, open: boolean, random: () => number): RequestOutcome {
  if (open) return 'cut';
  if (random() >= facts.errorShare) return 'ok';
  return random() < 0.7 ? 'http' : random() < 0.5 ? 'timeout' : 'malformed';
}

function verdictOf(
  promise: (typeof promises)[number],
  facts: Case,
  samples: Sample[],
  text: (value: string) => string,
): TargetVerdict {
  const { id, statement, objective, implied } = promise;
  const differs = facts.differs[id];
  const evidence = evidenceOf(objective, samples, facts, differs?.decision ?? 'pass');
  const decision = differs?.decision ?? 'pass';
  const reason = text(differs?.reason ?? 'Enough requests were seen to tell that the share of bad ones is below its limit.');
  const verdict: ObjectiveVerdict = {
    id: `${id}/${objective.indicator === 'latency' ? `latency-p${objective.quantile * 100}` : objective.indicator}`,
    objective,
    decision,
    reason,
    stop: differs?.stop ?? 'decided',
    evidence,
    ...(differs?.neededSeconds === undefined ? {} : { neededSeconds: differs.neededSeconds }),
  };
  return {
    id,
    kind: 'slo',
    statement: text(statement),
    section: 'Service level objectives',
    ...(implied === undefined ? {} : { implied }),
    decision: worst([decision]),
    objectives: [verdict],
    reason,
  };
}

function evidenceOf(objective: Objective, samples: Sample[], facts: Case, decision: Decision): Evidence {
  const counted = samples.filter((sample) => sample.phase === 'judged' && sample.outcome !== 'cut');
  const bad = counted.filter((sample) => isBad(objective, sample)).length;
  const n = counted.length;
  const tau = 1.4;
  const effective = n / (2 * tau);
  const allowedShare =
    objective.indicator === 'latency' ? 1 - objective.quantile : 'maxShare' in objective ? objective.maxShare : 0;
  const spread = 2.58 * Math.sqrt(Math.max(bad, 1)) * Math.sqrt((2 * tau) / n / n);
  const reached = decision === 'pass' ? 4.9 : decision === 'fail' ? -3 : 2.1;
  return {
    kind: 'ratio',
    judgedMs: facts.judgedMs,
    guarantee: 'calibrated',
    caveats: bad < 5 ? ['Fewer than 5 bad requests: independence is assumed for τ.'] : [],
    n,
    bad,
    certainlyBad: bad,
    allowedShare: Number(allowedShare.toFixed(6)),
    bounds: { lower: Math.max(0, bad / n - spread), upper: bad / n + spread, confidence: 0.99 },
    tau,
    temper: 2,
    effective,
    logEPass: reached,
    logEFail: decision === 'fail' ? 7.3 : -2.5,
    passAt: Math.log(100),
    failAt: Math.log(500),
    alphaPass: 0.01,
    alphaFail: 0.002,
  };
}

function isBad(objective: Objective, sample: Sample): boolean {
  if (objective.indicator === 'latency') return sample.outcome !== 'ok' || sample.end - sample.intendedStart >= objective.limitMs;
  if (objective.indicator === 'cache-misses') return sample.cacheHit !== true;
  if (objective.indicator === 'unavailability') return sample.outcome === 'timeout';
  return sample.outcome === 'http' || sample.outcome === 'malformed';
}

function reconciliationOf(name: FixtureName, samples: Sample[]): RunVerdicts['reconciliation'] {
  if (name === 'external') {
    const notes = ['No metrics URL was given, so the server’s own counts could not be read.'];
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
  const notes =
    name === 'fail'
      ? ['reference-server-3 reports 4 requests fewer than it answered.']
      : ['Requests cut at the end are left out.'];
  return [{ profile: 'mlops-aks', scenario: 'unique', rule: 'equal', agrees: name !== 'fail', notes, rows }];
}

/** Mulberry32: 32 bits of state are plenty for pictures. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
