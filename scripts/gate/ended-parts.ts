import type { Run } from '../../evidence/run.ts';
import { isCrash } from '../../fixtures/faults.ts';
import type { HistoryEvent } from '../../slo/history.ts';

/** A fault is noted when the replica has acknowledged it, or can no more; so far from its end at most. */
const crashedWithinMs = 10_000;

/** What is to be said of an event: that a part of the stack ended, and no fault of the run ended it. */
export function endedWords({ what, part, stack, at, detail }: HistoryEvent, run: Run): string[] {
  if (what !== 'ended' || part === null || wasToCrash(part, at, run)) return [];
  const which = stack === 1 ? 'the reference stack' : `the run's reference stack ${stack}`;
  return [
    `${part} of ${which} ${detail ?? 'ended'} ${whenWords(at, run)}, and not by this run. What came after that was measured without it.`,
  ];
}

function wasToCrash(part: string, at: number, { scenarios }: Run): boolean {
  return scenarios
    .flatMap(({ faults = [] }) => faults)
    .some(
      (fault) =>
        fault.part === part && isCrash(fault.text) && Math.abs(fault.from - at) < crashedWithinMs,
    );
}

function whenWords(at: number, { scenarios }: Run): string {
  const during = scenarios.find(
    ({ startedAt, endedAt = Number.POSITIVE_INFINITY, stop }) =>
      stop !== 'not-started' && startedAt <= at && at <= endedAt,
  );
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return during === undefined
    ? `${seconds(at)} after the run began`
    : `${seconds(at - during.startedAt)} after ${during.name} began`;
}
