import { duration, integer, percent, significant } from './format.ts';
import { isDecided, nameOf, type ProfileVerdicts, rowsOf, type VerdictRow } from './rows.ts';

/** What the columns of the method table mean. */
export const methodWords =
  'A limit like “p95 < 200 ms” is judged as “at most 5 % of the requests failed or took 200 ms or longer”. ' +
  'Design effect: how much more the requests clump in time than independent ones would. Effective n: as many independent requests would say as much. ' +
  'Chance: the probability of what was seen if the figure were exactly at its limit; a side is decided at its level or less. ' +
  'Where there are two figures, the first is towards a pass, the second towards a fail.';

export const methodColumns = [
  { title: 'Objective', numeric: false },
  { title: 'Bad of n', numeric: true },
  { title: 'Certainly bad', numeric: true },
  { title: 'Share or rate', numeric: true },
  { title: 'Bound from', numeric: true },
  { title: 'Bound to', numeric: true },
  { title: 'Design effect', numeric: true },
  { title: 'Effective n', numeric: true },
  { title: 'Chance', numeric: true },
  { title: 'Level', numeric: true },
  { title: 'Error probability', numeric: true },
  { title: 'Blocks of time', numeric: true },
  { title: 'Judged', numeric: true },
  { title: 'Guarantee', numeric: false },
];

/** How each measured objective was judged: a row of cells each, as `methodColumns` names them. */
export function methodRows({ targets }: ProfileVerdicts): string[][] {
  return targets
    .filter(isDecided)
    .flatMap((target) => rowsOf(target).flatMap((row) => cellsOf(nameOf(target, row), row)));
}

function cellsOf(name: string, { evidence }: VerdictRow): string[][] {
  if (evidence?.kind === 'ratio') {
    const { n, bad, certainlyBad, bounds, designEffect, effective } = evidence;
    return [
      [
        name,
        `${integer(bad)} of ${integer(n)}`,
        integer(certainlyBad),
        percent(bad / Math.max(1, n)),
        percent(bounds.lower),
        percent(bounds.upper),
        both(designEffect, significant),
        both(effective, integer),
        ...shared(evidence),
      ],
    ];
  }
  if (evidence?.kind === 'rate') {
    const { good, perSecond, bounds } = evidence;
    const figures = [perSecond, bounds.lower, bounds.upper].map((rate) => `${significant(rate)}/s`);
    return [[name, `${integer(good)} good`, '–', ...figures, '–', '–', ...shared(evidence)]];
  }
  return [];
}

interface Shared {
  chance: Sides;
  level: Sides;
  alpha: Sides;
  blocks: number;
  judgedMs: number;
  guarantee: string;
}

interface Sides {
  pass: number;
  fail: number;
}

function shared({ chance, level, alpha, blocks, judgedMs, guarantee }: Shared): string[] {
  return [
    both(chance, tiny),
    both(level, tiny),
    both(alpha, percent),
    integer(blocks),
    duration(judgedMs),
    guarantee,
  ];
}

function both({ pass, fail }: Sides, words: (value: number) => string): string {
  const [first, second] = [words(pass), words(fail)];
  return first === second ? first : `${first} / ${second}`;
}

/** A probability that may be so small that its digits say nothing. */
function tiny(probability: number): string {
  return probability > 0 && probability < 1e-6 ? '< 0.0001 %' : percent(probability);
}
