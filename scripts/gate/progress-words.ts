import { progressWords, stopWords } from '../../report/index.ts';
import type { ObjectiveProgress, ScenarioProgress } from '../../slo/judge/scenario.ts';
import type { ProgressEvent } from '../../suites/runner/session.ts';

const seconds = (ms: number) => `${Math.floor(ms / 1000)} s`;

/** What goes on, in a line; empty when all is done. */
export function headOf(event: ProgressEvent): string {
  const words = wordsOf(event);
  return words === '' ? '' : `${event.scenario}: ${words}`;
}

function wordsOf(event: ProgressEvent): string {
  switch (event.phase) {
    case 'starting':
      return `starting the load generator, ${seconds(event.elapsedMs)}`;
    case 'warmup':
      return `warming up, ${seconds(event.elapsedMs)} of ${seconds(event.plannedMs)}`;
    case 'judged':
      return judgedWords(event);
    case 'last-answers':
      return `the load is over, waiting for its last answers, ${seconds(event.elapsedMs)} (one may take ${event.plannedMs / 1000} s)`;
    case 'ended':
      return `ended after ${seconds(event.elapsedMs)}: ${stopWords[event.stop]}`;
    case 'counters':
      return `waiting for the service’s own counters, ${seconds(event.elapsedMs)} of at most ${seconds(event.plannedMs)}`;
    case 'done':
      return '';
  }
}

/** How far it is, and what it goes on for: a look that is to come, documented requests, or its end. */
function judgedWords({
  elapsedMs,
  plannedMs,
  progress,
}: {
  elapsedMs: number;
  plannedMs: number;
  progress: ScenarioProgress;
}): string {
  const { nextLookMs, requestsLeft, objectives } = progress;
  const decided = objectives.every(({ decision }) => decision !== undefined);
  const far = `judged load, ${seconds(elapsedMs)}`;
  if (decided && requestsLeft > 0)
    return `${far} of at most ${seconds(plannedMs)}; all is decided, ${requestsLeft} documented requests are left`;
  if (nextLookMs >= plannedMs) return `${far} of ${seconds(plannedMs)}; decided at its end`;
  const next =
    elapsedMs < nextLookMs
      ? `next look at ${seconds(nextLookMs)}`
      : `looked at once all answers to the first ${seconds(nextLookMs)} are in`;
  return `${far} of at most ${seconds(plannedMs)}; ${next}`;
}

/** A line for each objective, while there are any to speak of. */
export function objectiveLines(event: ProgressEvent): string[] {
  return 'progress' in event ? event.progress.objectives.map(progressWords) : [];
}

/** The same on one line: only what is undecided is worth words. */
export function plainLine(event: ProgressEvent): string {
  return [headOf(event), ...('progress' in event ? openWords(event.progress) : [])].join('; ');
}

function openWords({ objectives }: ScenarioProgress): string[] {
  const isOpen = ({ decision }: ObjectiveProgress) => decision === undefined;
  const open = objectives.filter(isOpen).map(progressWords);
  const decided = objectives.length - open.length;
  return decided === 0 ? open : [`${decided} of ${objectives.length} decided`, ...open];
}
