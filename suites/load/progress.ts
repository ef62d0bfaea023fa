import type { ScenarioJudge } from '../../slo/judge/scenario.ts';
import type { ScenarioRecord } from '../../slo/scenario-record.ts';
import type { ProgressEvent } from '../runner/session.ts';

/** Tells how far one scenario is, whenever it is asked to; at its end, that it has ended. */
export function reportProgress(
  { name: scenario, warmupMs, plannedMs }: ScenarioRecord,
  judge: ScenarioJudge,
  onProgress: (event: ProgressEvent) => void,
): Disposable & { tell(): void } {
  const started = performance.now();
  let elapsedMs = 0;
  return {
    tell() {
      elapsedMs = performance.now() - started;
      const objectives = judge.progress();
      if (elapsedMs < warmupMs)
        onProgress({ scenario, phase: 'warmup', elapsedMs, plannedMs: warmupMs, objectives });
      else
        onProgress({
          scenario,
          phase: 'judged',
          elapsedMs: elapsedMs - warmupMs,
          plannedMs,
          objectives,
        });
    },
    [Symbol.dispose]: () =>
      onProgress({ scenario, phase: 'ended', elapsedMs, plannedMs, objectives: [] }),
  };
}
