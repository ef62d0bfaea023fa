import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { objectivesOf } from '../slo/judge/plan.ts';
import { createScenarioJudge } from '../slo/judge/scenario.ts';
import { answer, drive, planFor, serve } from './load.testing.ts';
import type { LoadSpec } from './load-spec.ts';

/** A load generator that stands still, or gets too little of the machine, sees answers late that came in time: that is never the service's. */

const rows = [
  [
    'half a second of each: clients that wait for their answers',
    { stopMs: 500, goMs: 500 },
    { shape: 'closed', concurrency: 8 },
  ],
  [
    'half a second of each: arrivals at set times',
    { stopMs: 500, goMs: 500 },
    { shape: 'constant', perSecond: 200 },
  ],
  [
    'a tenth of a second, often: one client that waits',
    { stopMs: 100, goMs: 50 },
    { shape: 'closed', concurrency: 1 },
  ],
] as const satisfies [string, object, LoadSpec['arrivals']][];

const limits = { p50: 0.5, p90: 0.9, p99: 0.99 };

describe('stopped for', () => {
  test.for(rows)('%s', async ([, { stopMs, goMs }, arrivals]) => {
    const address = await serve((request, response) => {
      setTimeout(20).then(() => answer()(request, response));
    });
    const plan = planFor(address, { arrivals, warmupMs: 0, plannedMs: 3000 });
    let group = 0;
    let ended = false;
    const pausing = async () => {
      while (!ended) {
        await setTimeout(goMs);
        if (!signal(group, 'SIGSTOP')) return;
        await setTimeout(stopMs);
        signal(group, 'SIGCONT');
      }
    };
    let pauses: Promise<void> | undefined;
    const { samples, result } = await drive(plan, {
      onSpawn: (pid) => {
        group = pid;
      },
      onSample: () => {
        pauses ??= pausing();
      },
    });
    ended = true;
    await pauses;
    expect(result.end).toBe('finished');
    expect(samples.some(({ seenLate = 0 }) => seenLate > stopMs / 2)).toBe(true);
    const scenario = {
      api: plan.api,
      model: plan.model,
      payloads: plan.payloads,
      arrivals: plan.arrivals,
    };
    const record = {
      name: plan.scenario,
      scenario,
      warmupMs: 0,
      plannedMs: plan.plannedMs,
      minTimeMs: 1000,
      timeoutMs: plan.timeoutMs,
      startedAt: 0,
      endedAt: 5000,
      stop: 'budget' as const,
      client: result.client,
    };
    const objectives = Object.values(limits).map((quantile) => ({
      ...({
        indicator: 'latency',
        scenario: 's',
        quantile,
        limitMs: 60,
        limitIs: 'below',
      } as const),
    }));
    const [first, ...others] = objectives;
    if (first === undefined) return;
    const planned = objectivesOf({
      id: 'T-SLO-1',
      kind: 'slo',
      statement: 's',
      section: 's',
      objectives: [first, ...others],
    });
    const judge = createScenarioJudge({ record, objectives: planned, alphaFail: 0.003 });
    for (const sample of samples) judge.end(sample);
    for (const { decision, reason } of judge.finish(record)) {
      expect(decision).toBe('invalid');
      expect(reason).toMatchObject({ code: 'client-fault' });
    }
  });
});

/** False when the group has ended. */
function signal(group: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(-group, name);
  } catch {
    return false;
  }
}
