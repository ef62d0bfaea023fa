import { lowerBound, upperBound } from '../../../slo/statistics/binomial.ts';
import { type Case, type Cell, cases, nameOf, objectiveOf } from './cells.ts';
import type { PeerVerdicts } from './peers.ts';
import type { Outcome } from './simulate.ts';

/** Decisions of one row of the table in one case. */
interface Tally {
  streams: number;
  pass: number;
  fail: number;
  /** Median judged load of the right decisions, seconds. */
  medianSeconds: number | null;
  /** How many the rules of others would let pass; null for throughput, which they have no such rule for. */
  peers: Record<keyof PeerVerdicts, number> | null;
}

export interface Row {
  process: string;
  perSecond: number;
  objective: string;
  tallies: Partial<Record<Case, Tally>>;
}

export function rowsOf(cell: Cell, outcomes: readonly Outcome[]): Row[] {
  return cell.allowed.map((allowed) => {
    const own = outcomes.filter((one) => one.allowed === allowed);
    const tallies: Row['tallies'] = {};
    for (const which of cases) {
      const of = own.filter((one) => one.case === which);
      if (of.length > 0) tallies[which] = tally(of, which);
    }
    return {
      process: nameOf(cell),
      perSecond: cell.perSecond,
      objective: objectiveOf(cell, allowed),
      tallies,
    };
  });
}

function tally(outcomes: readonly Outcome[], which: Case): Tally {
  const decided = (decision: Outcome['decision']) =>
    outcomes.filter((one) => one.decision === decision);
  const right = decided(which === 'twice' ? 'fail' : 'pass');
  const peers = outcomes.flatMap((one) => one.peers ?? []);
  const lets = (peer: keyof PeerVerdicts) => peers.filter((one) => one[peer]).length;
  return {
    streams: outcomes.length,
    pass: decided('pass').length,
    fail: decided('fail').length,
    medianSeconds: median(right.map(({ seconds }) => seconds)),
    peers:
      peers.length === 0
        ? null
        : {
            threshold: lets('threshold'),
            windows: lets('windows'),
            fixedBound: lets('fixedBound'),
          },
  };
}

export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

/** `0.2 % (≤ 0.7)`: the share, and its one-sided 95 % Clopper–Pearson bound. */
function withBound(count: number, of: number): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${percent(count / of)} % (≤ ${percent(upperBound(count, of, 0.05))})`;
}

const none = '–';

export const errorHeader = [
  ...[
    'process',
    'requests/s',
    'objective',
    'false pass at the limit',
    'false fail at the limit',
    'false fail at half',
  ],
  ...['passes at a tenth', 'passes at half', 'fails at twice'],
  ...[
    'threshold passes at the limit',
    'windows pass',
    'fixed bound passes',
    'threshold stops half',
  ],
];

export function errorCells({ process, perSecond, objective, tallies }: Row): string[] {
  const { limit, half, tenth, twice } = tallies;
  const wrong = (tallied: Tally | undefined, which: 'pass' | 'fail') =>
    tallied === undefined ? none : withBound(tallied[which], tallied.streams);
  const right = (tallied: Tally | undefined, which: 'pass' | 'fail') => {
    if (tallied === undefined) return none;
    const at = tallied.medianSeconds === null ? '' : ` @ ${tallied.medianSeconds.toFixed(0)} s`;
    const least = 100 * lowerBound(tallied[which], tallied.streams, 0.05);
    return `${((100 * tallied[which]) / tallied.streams).toFixed(0)} % (≥ ${least.toFixed(0)})${at}`;
  };
  const peer = (tallied: Tally | undefined, which: keyof PeerVerdicts, stops = false) => {
    if (tallied === undefined || tallied.peers === null) return none;
    const passes = tallied.peers[which] / tallied.streams;
    return `${(100 * (stops ? 1 - passes : passes)).toFixed(0)} %`;
  };
  return [
    ...[process, perSecond.toLocaleString('en-US'), objective],
    ...[wrong(limit, 'pass'), wrong(limit, 'fail'), wrong(half, 'fail')],
    ...[right(tenth, 'pass'), right(half, 'pass'), right(twice, 'fail')],
    ...[
      peer(limit, 'threshold'),
      peer(limit, 'windows'),
      peer(limit, 'fixedBound'),
      peer(half, 'threshold', true),
    ],
  ];
}

/** Rows of which more than 1 % of the decisions at the limit, or at half of it, were wrong. */
export function aboveOnePercent(rows: readonly Row[]): string[] {
  return rows.flatMap(({ process, perSecond, objective, tallies: { limit, half } }) => {
    const found = [
      ...(limit !== undefined && limit.pass > 0.01 * limit.streams
        ? [`false pass ${withBound(limit.pass, limit.streams)}`]
        : []),
      ...(limit !== undefined && limit.fail > 0.01 * limit.streams
        ? [`false fail ${withBound(limit.fail, limit.streams)}`]
        : []),
      ...(half !== undefined && half.fail > 0.01 * half.streams
        ? [`false fail at half ${withBound(half.fail, half.streams)}`]
        : []),
    ];
    return found.length === 0
      ? []
      : [`${process}, ${objective} at ${perSecond.toLocaleString('en-US')}/s: ${found.join(', ')}`];
  });
}
