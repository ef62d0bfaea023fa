import type { RunVerdicts, Spread } from '../../slo/verdict.ts';
import { count, integer, percent } from './format.ts';

/** More than fit a line are counted. */
const mostNamed = 10;

/** How requests were spread over replicas, a sentence for each load whose answers name them. */
export function spreadWords({ spread }: RunVerdicts): string[] {
  return spread.filter(({ replicas }) => replicas.length > 0).map(sentence);
}

function sentence({ profile, scenario, replicas, unnamed }: Spread): string {
  const all = replicas.reduce((sum, { answers }) => sum + answers, unnamed);
  const share = (answers: number) => percent(answers / all);
  const [only] = replicas;
  const where = `${profile}/${scenario}`;
  if (only !== undefined && replicas.length === 1 && unnamed === 0)
    return `${where}: all ${count(only.answers, 'answer')} came from ${only.replica}, the only replica that showed.`;
  const named = replicas
    .slice(0, mostNamed)
    .map(
      ({ replica, answers, errors }) =>
        `${replica} ${share(answers)}${errors > 0 ? ` (${count(errors, 'error')})` : ''}`,
    );
  const more = replicas.length > mostNamed ? [`${integer(replicas.length - mostNamed)} more`] : [];
  const rest = unnamed > 0 ? [`no name ${share(unnamed)}`] : [];
  return `${where}: answers came from ${[...named, ...more, ...rest].join(', ')}.`;
}
