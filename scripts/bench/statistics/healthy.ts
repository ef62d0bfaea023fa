import { rules } from '../../../slo/judge/rules.ts';
import { createScenarioJudge } from '../../../slo/judge/scenario.ts';
import { usualLoad } from '../../../slo/load-settings.ts';
import type { ScenarioRecord } from '../../../slo/scenario-record.ts';
import { benchRecord, blankSample, fourObjectives } from '../four-objectives.ts';
import { exponential, normal, type Random, randomOf, seedOf, wandering } from './random.ts';

/** A gate on a healthy service: whether all passed, and after how much load. */
export interface HealthyOutcome {
  passed: boolean;
  seconds: number;
}

interface HealthyService {
  name: string;
  perSecond: number;
  /** Latency (ms) of each request, and whether it fails. */
  stream: (random: Random, perSecond: number) => () => { ms: number; failed: boolean };
}

const steady = (random: Random) => 12 + exponential(random, 4);

/** Every service that must pass: what its documents ask of it is met by far, however it wavers. */
const services: readonly HealthyService[] = [
  {
    name: 'nothing ever fails',
    perSecond: 300,
    stream: (random) => () => ({ ms: steady(random), failed: false }),
  },
  {
    name: 'failures at a fifth of the strictest limit',
    perSecond: 300,
    stream: (random) => () => ({ ms: steady(random), failed: random() < 0.0002 }),
  },
  ...[10, 60].map((memory) => ({
    name: `14 ms that drift by a fifth, memory ${memory} s`,
    perSecond: 300,
    stream: (random: Random, perSecond: number) => {
      const level = wandering(random, memory, 1 / perSecond);
      return () => ({ ms: 14 * Math.exp(0.2 * level() + 0.1 * normal(random)), failed: false });
    },
  })),
  {
    name: 'a queue at half load, at 3,000 requests/s',
    perSecond: 3000,
    stream: (random, perSecond) => {
      const gap = 1000 / perSecond;
      let wait = 0;
      return () => {
        const ms = 5 + wait + exponential(random, gap / 2);
        wait = Math.max(0, ms - 5 - exponential(random, gap));
        return { ms, failed: false };
      };
    },
  },
];

/** The whole judge with the four objectives that a gate usually has on one scenario, until it may stop. */
function run({ perSecond, stream }: HealthyService, seed: number, number: number): HealthyOutcome {
  const plannedMs = usualLoad.budgetMs;
  const record = benchRecord(perSecond, plannedMs, usualLoad.minTimeMs);
  const judge = createScenarioJudge({
    record,
    objectives: fourObjectives,
    alphaFail: rules.alpha / fourObjectives.length,
  });
  const next = stream(randomOf(seed, number), perSecond);
  const sample = blankSample();
  let stop: ScenarioRecord['stop'] = 'budget';
  for (let index = 0; index < (plannedMs / 1000) * perSecond; index += 1) {
    const { ms, failed } = next();
    const at = (index * 1000) / perSecond;
    Object.assign(sample, { index, intendedStart: at, start: at, end: at + ms });
    Object.assign(
      sample,
      failed ? { outcome: 'http', status: 503 } : { outcome: 'ok', status: 200 },
    );
    judge.end(sample);
    if (index % 64 === 0 && judge.mayStop(at) === 'decided') {
      stop = 'decided';
      break;
    }
  }
  const verdicts = judge.finish({ ...record, stop });
  const judged = Math.max(
    ...verdicts.map(({ evidence }) => (evidence?.kind === 'ratio' ? evidence.judgedMs : 0)),
  );
  return { passed: verdicts.every(({ decision }) => decision === 'pass'), seconds: judged / 1000 };
}

export const healthyRuns = services.map((service) => ({
  name: service.name,
  perSecond: service.perSecond,
  run: (seed: string, number: number) => run(service, seedOf(`${seed} ${service.name}`), number),
}));
