import type { Run } from '../evidence/run.ts';
import type { RequestOutcome, Sample } from '../slo/sample.ts';
import { type Case, type FixtureName, hostileText } from './fixture-cases.testing.ts';

/** The made-up requests of one scenario: the same ones every time. */
export function* samplesOf(name: FixtureName, facts: Case, run: Run, scenario: string): Generator<Sample> {
  const record = run.scenarios.find((candidate) => candidate.name === scenario);
  if (record?.endedAt === undefined || !('perSecond' in record.scenario.arrivals)) return;
  const random = seededRandom(scenario.length * 1000 + facts.judgedMs);
  const repeated = record.scenario.payloads.kind === 'repeated';
  const spacing = 1000 / record.scenario.arrivals.perSecond;
  for (let index = 0; record.startedAt + index * spacing < record.endedAt; index += 1) {
    const intendedStart = record.startedAt + index * spacing;
    const hit = repeated && index >= 20 && random() < 0.93;
    const cold = intendedStart < record.startedAt + 2_000 ? 3 : 1;
    const slow = random() < slowShareAt(facts, intendedStart - record.startedAt);
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

function slowShareAt({ slowShare, spells }: Case, atMs: number): number {
  return spells.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)?.slowShare ?? slowShare;
}

function outcomeOf(facts: Case, open: boolean, random: () => number): RequestOutcome {
  if (open) return 'cut';
  if (random() >= facts.errorShare) return 'ok';
  return random() < 0.7 ? 'http' : random() < 0.5 ? 'timeout' : 'malformed';
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
