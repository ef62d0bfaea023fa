import {
  type BadProcess,
  endOfMinute,
  groups,
  onOff,
  periodic,
  regimes,
  rising,
  sticky,
  trickleAndStalls,
} from './failures.ts';
import {
  batched,
  drifting,
  heavyTailed,
  independent,
  type LatencyProcess,
  mm1,
  stalls,
  wander,
} from './latencies.ts';

/** What is simulated at one rate, and the shares of bad requests that are allowed: each share is a row of the table. */
export type Cell = {
  perSecond: number;
  allowed: readonly number[];
  /** Judged load at most, seconds; a gate's own ten minutes where nothing is said. */
  seconds?: number;
  /** Streams at the limit, where not as many as usual. */
  streams?: number;
  /** Which cases make sense; all where nothing is said. */
  cases?: readonly Case[];
  /** In the short form too. */
  short?: true;
} & (
  | { kind: 'latency'; process: LatencyProcess }
  | { kind: 'bad'; process: BadProcess; indicator: 'latency' | 'failures' }
  | { kind: 'throughput'; swing: number; memorySeconds: number }
);

export const cases = ['limit', 'half', 'tenth', 'twice'] as const;
export type Case = (typeof cases)[number];

/** The share of bad requests as a multiple of the allowed one. */
const multiples: Record<Case, number> = { limit: 1, half: 0.5, tenth: 0.1, twice: 2 };

/** Twice a half would be all of them: there it is half as much again. */
export function shareIn(allowed: number, which: Case): number {
  return which === 'twice' && allowed >= 0.5 ? allowed * 1.5 : allowed * multiples[which];
}

const percentiles = [0.5, 0.1, 0.05, 0.01, 0.001];
const mostPercentiles = [0.5, 0.1, 0.05, 0.01];
const atLimit = ['limit'] as const;

const latency = (
  process: LatencyProcess,
  perSecond: number,
  allowed: readonly number[] = percentiles,
) => ({ kind: 'latency', process, perSecond, allowed }) as const;
const bad = (process: BadProcess, perSecond: number, allowed: readonly number[]) =>
  ({ kind: 'bad', indicator: 'latency', process, perSecond, allowed }) as const;
const failures = (process: BadProcess, perSecond: number, allowed: readonly number[]) =>
  ({ kind: 'bad', indicator: 'failures', process, perSecond, allowed }) as const;
/** Two minutes at 3,000 requests a second are as many requests as twenty at 300. */
const fast = { seconds: 120, streams: 200 } as const;

/** Every cell of the table, in its order. Adding one is a line. */
export const cells: readonly Cell[] = [
  { ...latency(independent, 300), short: true },
  latency(independent, 20, mostPercentiles),
  latency(independent, 5, mostPercentiles),
  { ...latency(independent, 3000), ...fast },
  latency(mm1(0.3), 300),
  latency(mm1(0.5), 300),
  { ...latency(mm1(0.7), 300), short: true },
  latency(mm1(0.8), 300),
  latency(mm1(0.9), 300),
  latency(mm1(0.7), 20, mostPercentiles),
  latency(mm1(0.9), 20, mostPercentiles),
  { ...latency(mm1(0.7), 5, mostPercentiles), short: true },
  latency(mm1(0.9), 5, mostPercentiles),
  { ...latency(mm1(0.7), 3000), ...fast },
  latency(batched, 300),
  { ...latency(heavyTailed(0.5), 300, [0.05, 0.01]), streams: 400 },
  { ...latency(heavyTailed(0.3), 300, [0.05, 0.01]), streams: 400 },
  { ...latency(heavyTailed(0.5, 2.2), 300, [0.05, 0.01]), streams: 400 },
  latency(wander(1, 3), 300, [0.01]),
  latency(wander(2, 1), 300, [0.01]),
  ...[1, 2].flatMap((deviation) =>
    [2, 5, 10].map((memory) => ({
      ...latency(wander(deviation, memory), 300, [0.05, 0.01]),
      ...(memory === 5 ? { short: true as const } : {}),
    })),
  ),
  latency(wander(2, 5), 20, [0.1, 0.05]),
  { ...latency(wander(2, 5), 3000, [0.05, 0.01]), ...fast },
  { ...latency(drifting(300), 300, mostPercentiles), cases: atLimit, seconds: 300 },
  latency(stalls(3, 20), 300, [0.01]),
  latency(stalls(1, 20), 300, [0.01]),
  latency(stalls(1, 10), 300, [0.02]),
  bad(onOff(1), 300, mostPercentiles),
  bad(onOff(3), 300, mostPercentiles),
  { ...bad(onOff(5), 300, mostPercentiles), short: true },
  bad(onOff(10), 300, mostPercentiles),
  ...[4, 6, 8, 20].map((cycle) => bad(onOff(cycle), 300, [0.05, 0.01])),
  bad(onOff(30), 300, [0.5]),
  { ...bad(onOff(5), 3000, [0.05, 0.01]), ...fast },
  { ...bad(onOff(5), 20, [0.1, 0.05, 0.01]), short: true },
  bad(onOff(3), 20, [0.1, 0.05]),
  bad(onOff(3), 10, [0.1]),
  bad(onOff(5), 10, [0.1]),
  bad(onOff(3), 5, [0.5]),
  { ...bad(onOff(5), 5, [0.5, 0.1]), short: true },
  { ...bad(sticky(1), 300, [0.1, 0.05, 0.01]) },
  { ...bad(sticky(3), 300, [0.1, 0.05, 0.01]) },
  bad(sticky(10), 300, [0.05]),
  { ...bad(sticky(3), 20, [0.1]), short: true },
  { ...bad(sticky(3), 3000, [0.1, 0.05]), ...fast },
  bad(periodic(10), 300, [0.05, 0.01]),
  bad(periodic(20), 300, [0.05, 0.01]),
  bad(periodic(45), 300, [0.01]),
  bad(periodic(90), 300, [0.05]),
  { ...bad(endOfMinute, 300, [0.05]), short: true },
  bad(regimes, 300, [0.05]),
  { ...bad(rising(300), 300, [0.05, 0.01]), cases: atLimit, short: true },
  { ...bad(trickleAndStalls(5), 300, [0.05]) },
  { ...failures(groups(1), 300, [0.01, 0.001]), short: true },
  failures(groups(5), 300, [0.01, 0.001]),
  failures(groups(10), 300, [0.001]),
  failures(groups(20), 300, [0.01, 0.001]),
  failures(groups(50), 300, [0.01, 0.001]),
  failures(groups(1), 20, [0.01]),
  failures(groups(2), 20, [0.01]),
  failures(groups(5), 20, [0.01]),
  ...[0, 2, 5, 10].map(
    (memorySeconds): Cell => ({
      kind: 'throughput',
      swing: memorySeconds === 0 ? 0 : 0.1,
      memorySeconds,
      perSecond: 100,
      allowed: [100],
      ...(memorySeconds === 5 ? { short: true } : {}),
    }),
  ),
];

export function nameOf(cell: Cell): string {
  if (cell.kind !== 'throughput') return cell.process.name;
  return cell.swing === 0
    ? 'throughput, Poisson'
    : `throughput, 10 % swings, memory ${cell.memorySeconds} s`;
}

/** What is promised: `p99`, `< 1 % fail`, `> 100/s`. */
export function objectiveOf(cell: Cell, allowed: number): string {
  if (cell.kind === 'throughput') return `> ${allowed}/s`;
  const percent = (share: number) => Number((share * 100).toPrecision(6));
  if (cell.kind === 'bad' && cell.indicator === 'failures') return `< ${percent(allowed)} % fail`;
  return `p${percent(1 - allowed)}`;
}
