import { normal, randomOf, seedOf } from '../scripts/bench/statistics/random.ts';
import type { RequestOutcome, Sample } from '../slo/sample.ts';
import type { ScenarioRecord } from '../slo/scenario-record.ts';
import { caseOf, type FixtureName, hostileText } from './fixture-cases.testing.ts';

/** The made-up requests of one scenario: the same ones every time. */
export function samplesOf(name: FixtureName, record: ScenarioRecord): Sample[] {
  const { slow = 0.002, stalled = 0, errors = 0, spell, silent = false } = caseOf(name);
  const { arrivals, payloads } = record.scenario;
  const { startedAt, endedAt = startedAt } = record;
  const perSecond = 'perSecond' in arrivals ? arrivals.perSecond : 0;
  const random = randomOf(seedOf(record.name), 0);
  const repeated = payloads.kind === 'repeated';
  return Array.from(
    { length: Math.ceil(((endedAt - startedAt) * perSecond) / 1000) },
    (_, index) => {
      const atMs = (index * 1000) / perSecond;
      const intendedStart = startedAt + atMs;
      const inSpell = spell !== undefined && atMs >= spell.fromMs && atMs < spell.toMs;
      const hit = repeated && index >= 20 && random() < 0.93;
      const start = intendedStart + 0.2 * random();
      const usual = (hit ? 2 : 24) * (atMs < 500 ? 3 : 1) * Math.exp(0.35 * normal(random));
      const extra =
        random() < stalled
          ? 500
          : random() < (inSpell ? spell.slow : slow)
            ? 180 + 260 * random()
            : 0;
      const failure = random() < errors ? failureOf(random()) : 'ok';
      const end = start + (failure === 'timeout' ? record.timeoutMs : usual + extra);
      const outcome = end > endedAt ? 'cut' : failure;
      const replica =
        name === 'hostile' ? `${hostileText}-${index % 3}` : `reference-server-${1 + (index % 3)}`;
      return {
        index,
        scenario: record.name,
        phase: atMs < record.warmupMs ? 'warmup' : 'judged',
        intendedStart,
        start,
        end: Math.min(end, endedAt),
        outcome,
        bytes: 412,
        requestId: `request-${index}`,
        route: 'main',
        ...(outcome === 'cut' || outcome === 'timeout'
          ? { status: 0 }
          : { status: outcome === 'http' ? 500 : 200, replica }),
        modelVersion: name === 'hostile' ? hostileText : '1.4.0',
        ...(repeated ? { payload: index % 20, ...(silent ? {} : { cacheHit: hit }) } : {}),
      };
    },
  );
}

function failureOf(chance: number): RequestOutcome {
  return chance < 0.7 ? 'http' : chance < 0.82 ? 'timeout' : 'malformed';
}
