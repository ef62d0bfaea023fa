import { exceededWith } from '../../../slo/statistics/students-t.ts';
import { exponential, normal, type Random, randomOf, wandering } from './random.ts';

/** Latencies (ms) of requests in the order of their starts, at a constant rate; a new stream on each call. */
type LatencyStream = (random: Random, perSecond: number) => () => number;

/** A process whose latency a given share of the requests exceeds, in the long run: one stream serves every percentile and limit. */
export interface LatencyProcess {
  name: string;
  stream: LatencyStream;
  /** The latency that the share exceeds. */
  limitMs(share: number, perSecond: number): number;
}

export const independent: LatencyProcess = {
  name: 'independent',
  stream: (random) => () => exponential(random, 20),
  limitMs: (share) => 20 * Math.log(1 / share),
};

/** A queue with one server, Poisson arrivals and exponential service (mean sojourn known in closed form), stationary from the start. */
export function mm1(load: number): LatencyProcess {
  const sojourn = (perSecond: number) => (load * 1000) / perSecond / (1 - load);
  return {
    name: `M/M/1, load ${load}`,
    limitMs: (share, perSecond) => sojourn(perSecond) * Math.log(1 / share),
    stream: (random, perSecond) => {
      const gap = 1000 / perSecond;
      let wait = random() < load ? exponential(random, sojourn(perSecond)) : 0;
      return () => {
        const latency = wait + exponential(random, load * gap);
        wait = Math.max(0, latency - exponential(random, gap));
        return latency;
      };
    },
  };
}

/** The same with a service time of infinite variance (Pareto, shape 1.5): a rare long job holds up all behind it. */
export function heavyTailed(load: number, shape = 1.5): LatencyProcess {
  const stream: LatencyStream = (random, perSecond) => {
    const gap = 1000 / perSecond;
    const least = (load * gap * (shape - 1)) / shape;
    const service = () => least * random() ** (-1 / shape);
    let wait = 0;
    const next = () => {
      const latency = wait + service();
      wait = Math.max(0, latency - exponential(random, gap));
      return latency;
    };
    for (let warm = 0; warm < 20_000; warm += 1) next();
    return next;
  };
  return { name: `M/G/1, load ${load}, Pareto ${shape}`, stream, limitMs: simulated(stream) };
}

/** Up to 8 waiting requests are served together; three quarters of the capacity is used. */
const batchedStream: LatencyStream = (random, perSecond) => {
  const gap = 1000 / perSecond;
  const each = 0.45 * gap;
  let freeAt = 0;
  let ready: number[] = [];
  let next = exponential(random, gap);
  return () => {
    if (ready.length === 0) {
      const start = Math.max(freeAt, next);
      const batch: number[] = [];
      while (batch.length < 8 && next <= start) {
        batch.push(next);
        next += exponential(random, gap);
      }
      freeAt = start + 2.4 * gap + each * batch.length;
      ready = batch.map((at) => freeAt - at).reverse();
    }
    return ready.pop() ?? 0;
  };
};

export const batched: LatencyProcess = {
  name: 'batched service',
  stream: batchedStream,
  limitMs: simulated(batchedStream),
};

/** Log-normal latency that wanders slowly: deviation of its logarithm, and how long it remembers. */
export function wander(deviation: number, memorySeconds: number): LatencyProcess {
  const noise = 0.1;
  return {
    name: `wander, sd ${deviation}, memory ${memorySeconds} s`,
    stream: (random, perSecond) => {
      const level = wandering(random, memorySeconds, 1 / perSecond);
      return () => 14 * Math.exp(deviation * level() + noise * normal(random));
    },
    limitMs: (share) => 14 * Math.exp(Math.hypot(deviation, noise) * normalExceededWith(share)),
  };
}

/** Log-normal latency whose median rises steadily to twice over so many seconds, and stays there: it ends beyond every limit. */
export function drifting(seconds: number): LatencyProcess {
  const stream: LatencyStream = (random, perSecond) => {
    let index = 0;
    return () => {
      const risen = 1 + Math.min(1, index / perSecond / seconds);
      index += 1;
      return 14 * risen * Math.exp(0.5 * normal(random));
    };
  };
  let sorted: Float64Array | undefined;
  return {
    name: `median doubles over ${seconds} s`,
    stream,
    // The share over the time of the rise.
    limitMs: (share) => {
      sorted ??= sortedValues(stream, 1000, seconds * 1000);
      return sorted[Math.floor((1 - share) * sorted.length)] ?? 0;
    },
  };
}

/**
 * Replicas behind a round robin, each standing still for a second every so many seconds, at a time of its own; 5 ms to 25 ms else. Who
 * meets a stall waits for its end.
 */
export function stalls(replicas: number, cycleSeconds: number): LatencyProcess {
  return {
    name: `${replicas === 1 ? 'one server' : `${replicas} replicas`}, 1 s stall every ${cycleSeconds} s`,
    stream: (random, perSecond) => {
      const phases = Array.from({ length: replicas }, () => random() * cycleSeconds);
      let index = 0;
      return () => {
        const at = (index / perSecond + (phases[index % replicas] ?? 0)) % cycleSeconds;
        index += 1;
        return 5 + 20 * random() + 1000 * Math.max(0, 1 - at);
      };
    },
    // Of the requests in a stall, as many as there are milliseconds left; the few ms beside it are left out, for the limit's side.
    limitMs: (share) => 1000 * (1 - share * cycleSeconds) + 15,
  };
}

/** The quantile of a long simulation at one request a second: all times of these processes scale with the gap between requests. */
function simulated(stream: LatencyStream): LatencyProcess['limitMs'] {
  let sorted: Float64Array | undefined;
  return (share, perSecond) => {
    sorted ??= sortedValues(stream, 1, 5_000_000);
    return (sorted[Math.floor((1 - share) * sorted.length)] ?? 0) / perSecond;
  };
}

function sortedValues(stream: LatencyStream, perSecond: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, stream(randomOf(1, 0), perSecond)).sort();
}

/** What a normal value exceeds with probability `tail`: Student's t of very many degrees of freedom is normal. */
function normalExceededWith(tail: number): number {
  return exceededWith(tail, 1e7);
}
