import type { Ending } from '../../slo/endings.ts';
import type { Failures, RunVerdicts } from '../../slo/verdict.ts';
import { count, integer, nbsp, percent } from './format.ts';

/** More causes than that are counted together. */
const mostNamed = 3;

/** How requests failed, a sentence for each scenario in which any did. */
export function failureWords({ failures }: Pick<RunVerdicts, 'failures'>): string[] {
  return failures.map((one) => `${one.profile}/${one.scenario}: ${failureSentence(one)}`);
}

/** `113 of 3,600 judged requests failed (3.14 %): HTTP 500 ×85 (75.2 %), timeout ×28 (24.8 %).` */
export function failureSentence({ judged, failed, causes }: Failures): string {
  const counts = new Map<string, number>();
  for (const cause of causes) {
    const words = endingWords(cause);
    counts.set(words, (counts.get(words) ?? 0) + cause.requests);
  }
  const all = [...counts].sort(([, a], [, b]) => b - a);
  const named = all.slice(0, mostNamed).map(([words, requests]) => {
    const share = all.length === 1 ? '' : ` (${percent(requests / failed)})`;
    return `${words}${nbsp}×${integer(requests)}${share}`;
  });
  const others = all.slice(mostNamed).reduce((sum, [, requests]) => sum + requests, 0);
  const rest = others === 0 ? [] : [`${integer(others)} otherwise`];
  return `${integer(failed)} of ${count(judged, 'judged request')} failed (${percent(failed / judged)}): ${[...named, ...rest].join(', ')}.`;
}

const outcomeWords: Record<Exclude<Ending['outcome'], 'http'>, string> = {
  ok: 'good answer',
  malformed: 'malformed answer',
  timeout: 'timeout',
  refused: 'no connection',
  reset: 'broken connection',
  cut: 'still open at the end',
  local: 'our own machine’s limit',
};

/** What a person would call it: `HTTP 503`, `no connection (dial: connection refused)`. */
function endingWords({ outcome, status, error }: Ending): string {
  if (outcome === 'http') return `HTTP ${status}`;
  const words = outcomeWords[outcome];
  const told = outcome === 'refused' || outcome === 'reset' ? error : undefined;
  return told === undefined ? words : `${words} (${told})`;
}
