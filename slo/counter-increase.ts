/** Raw scrapes in order of time: [Unix milliseconds, value]. */
export type Points = readonly (readonly [at: number, value: number])[];

/** One series of one process. */
export interface CounterSeries {
  replica: string;
  /** What was scraped as one. */
  process: string;
  /**
   * `up` says when it was scraped (1), and when it could not be (0): a counter with labels has no series before its first event.
   * `startTime` is when it started, Unix seconds.
   */
  signal: 'requests' | 'errors' | 'cacheHits' | 'up' | 'startTime';
  points: Points;
}

/** What its scrapes tell of one process. */
export interface Life {
  /** Times of the first scrapes after each restart, in order. */
  restarts: number[];
  /** How often it could not be scraped for a while, after which nothing tells whether it had restarted. */
  gaps: number;
  /** It was last scraped before the last answer was in. */
  ended: boolean;
  /** What shows that the scrapes are of several processes in turn, so that no two of them can be compared. */
  several: 'start-times' | 'counts' | null;
}

/** A start time may be computed anew for each scrape, from a boot time that Linux rounds to whole seconds: less than this is no restart, seconds. */
const sameStart = 2;

/**
 * How much a counter rose between its first and last scrape: raw differences, from zero after a restart and wherever it dropped (what was
 * counted between the last scrape before a restart and the restart is lost to any reader of scrapes). `firstScrape`: when its
 * process was first scraped; a series that appears later counts from zero, since a labelled counter appears with its first event.
 */
export function increase(
  points: Points,
  firstScrape: number,
  restarts: readonly number[] = [],
): number {
  const [first] = points;
  const before = first !== undefined && first[0] > firstScrape ? first[1] : 0;
  return steps(points).reduce((sum, { from, to, a, b }) => {
    const isNew = b < a || restarts.some((at) => at > from && at <= to);
    return sum + (isNew ? b : b - a);
  }, before);
}

/** `answeredBy`: when the last answer was in; unknown in older recordings. */
export function lifeOf(series: readonly CounterSeries[], answeredBy?: number): Life {
  const starts = series.filter(({ signal }) => signal === 'startTime');
  const changes = starts
    .flatMap(({ points }) => steps(points))
    .filter(({ a, b }) => Math.abs(b - a) >= sameStart);
  const drops = series
    .filter(({ signal }) => signal !== 'startTime' && signal !== 'up')
    .flatMap(({ points }) => steps(points))
    .filter(({ a, b }) => b < a)
    .filter(({ from, to }) => !changes.some((change) => change.to > from && change.to <= to));
  const isStartKnown = ({ from, to }: Step) =>
    starts.some(({ points }) => (points[0]?.[0] ?? to) <= from && (points.at(-1)?.[0] ?? 0) >= to);
  const dropTimes = new Set(drops.map(({ to }) => to));
  const countsTell = drops.some(isStartKnown) || dropTimes.size > 1;
  const startsTell = changes.some(({ a, b }) => b < a);
  const ups = series.filter(({ signal }) => signal === 'up').map(({ points }) => points);
  return {
    restarts: [...new Set([...changes.map(({ to }) => to), ...dropTimes])].sort((a, b) => a - b),
    gaps:
      starts.length > 0 ? 0 : ups.flatMap(steps).filter(({ a, b }) => a === 0 && b === 1).length,
    ended: hasEnded(series, ups, answeredBy),
    several: startsTell ? 'start-times' : countsTell ? 'counts' : null,
  };
}

function hasEnded(
  series: readonly CounterSeries[],
  ups: readonly Points[],
  answeredBy: number | undefined,
): boolean {
  if (answeredBy === undefined) return ups.some((points) => points.at(-1)?.[1] === 0);
  const counters = series.filter(({ signal }) => signal !== 'startTime' && signal !== 'up');
  const last = Math.max(...counters.map(({ points }) => points.at(-1)?.[0] ?? 0));
  return counters.length > 0 && last <= answeredBy;
}

interface Step {
  from: number;
  to: number;
  /** Values at its ends. */
  a: number;
  b: number;
}

function steps(points: Points): Step[] {
  return points.slice(1).map(([to, b], at) => {
    const [from, a] = points[at] ?? [to, b];
    return { from, to, a, b };
  });
}
