import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

/** Requests per second of every simulated stream. */
export const RATE = 300;
const GAP_MS = 1000 / RATE;

/** Uniform on (0, 1). */
export type Random = () => number;

/** Independent random numbers for each number of a stream. */
export function randomOf(seed: number, stream: number): Random {
  const generator: JumpableRandomGenerator = xoroshiro128plus(seed);
  for (let jumps = 0; jumps <= stream; jumps += 1) generator.jump();
  return () => ((generator.next() >>> 0) + 0.5) / 4_294_967_296;
}

const exponential = (random: Random, mean: number) => -mean * Math.log(random());

/** Latencies (milliseconds) of requests in the order of their starts; a new stream on each call. */
export type Latencies = (random: Random) => () => number;

/** A process whose latency is exceeded by a given share of the requests, in the long run. */
export interface LatencyProcess {
  name: string;
  stream: Latencies;
  /** The latency that the share exceeds. */
  limitMs(share: number): number;
}

export const independent: LatencyProcess = {
  name: 'independent',
  stream: (random) => () => exponential(random, 20),
  limitMs: (share) => 20 * Math.log(1 / share),
};

/** A queue with one server, Poisson arrivals and exponential service (mean sojourn known in closed form), stationary from the start. */
export function mm1(load: number): LatencyProcess {
  const service = load * GAP_MS;
  const sojourn = service / (1 - load);
  return {
    name: `M/M/1, ρ ${load}`,
    limitMs: (share) => sojourn * Math.log(1 / share),
    stream: (random) => {
      let wait = random() < load ? exponential(random, sojourn) : 0;
      return () => {
        const latency = wait + exponential(random, service);
        wait = Math.max(0, latency - exponential(random, GAP_MS));
        return latency;
      };
    },
  };
}

/** Up to 8 waiting requests are served together in 8 ms + 1.5 ms each (three quarters of its capacity is used). */
const batchedStream: Latencies = (random) => {
  let [arrival, freeAt] = [0, 0];
  let ready: number[] = [];
  let next = exponential(random, GAP_MS);
  return () => {
    if (ready.length === 0) {
      const start = Math.max(freeAt, next);
      const batch: number[] = [];
      while (batch.length < 8 && next <= start) {
        batch.push(next);
        arrival = next;
        next = arrival + exponential(random, GAP_MS);
      }
      freeAt = start + 8 + 1.5 * batch.length;
      ready = batch.map((at) => freeAt - at).reverse();
    }
    return ready.pop() ?? 0;
  };
};

let sortedBatched: Float64Array | undefined;

export const batched: LatencyProcess = {
  name: 'batched service',
  stream: batchedStream,
  limitMs: (share) => {
    sortedBatched ??= simulate(batchedStream, 5_000_000).sort();
    return sortedBatched[Math.floor((1 - share) * sortedBatched.length)] ?? 0;
  },
};

function simulate(stream: Latencies, n: number): Float64Array {
  const next = stream(randomOf(1, 0));
  return Float64Array.from({ length: n }, next);
}

/** A server that stops and goes: exponential times of both kinds, bad for the given share of the time, a cycle of `cycleSeconds`. */
export function onOff(share: number, cycleSeconds: number): Latencies {
  return (random) => {
    const spell = (stalled: boolean) => exponential(random, (stalled ? share : 1 - share) * cycleSeconds * RATE);
    let stalled = random() < share;
    let left = spell(stalled);
    return () => {
      for (; left <= 0; left += spell(stalled)) stalled = !stalled;
      left -= 1;
      return exponential(random, 10) + (stalled ? 2000 : 0);
    };
  };
}

/** Latency that no request of `onOff` comes near unless it was stalled. */
export const STALL_LIMIT_MS = 1000;

/** Replicas behind a round robin, each stalling for a second every `cycleSeconds`, at times of its own; 5 ms to 25 ms else. */
export function stallingReplicas(replicas: number, cycleSeconds: number, rhythm: 'periodic' | 'random'): Latencies {
  return (random) => {
    const gap = () => (rhythm === 'periodic' ? cycleSeconds * 1000 : 1000 + exponential(random, (cycleSeconds - 1) * 1000));
    const stallAt = Array.from({ length: replicas }, () => random() * cycleSeconds * 1000);
    let index = 0;
    return () => {
      const at = index * GAP_MS;
      const replica = index % replicas;
      index += 1;
      let from = stallAt[replica] ?? 0;
      while (at >= from + 1000) from += gap();
      stallAt[replica] = from;
      return 5 + 20 * random() + (at >= from ? from + 1000 - at : 0);
    };
  };
}

/** Whether each request fails: singly, or in runs of geometric length. */
export function failures(share: number, meanRun: number): (random: Random) => () => boolean {
  return (random) => {
    let left = 0;
    const begin = share / (meanRun * (1 - share) + share);
    return () => {
      if (left > 0) {
        left -= 1;
        return true;
      }
      if (random() >= begin) return false;
      left = meanRun === 1 ? 0 : Math.ceil(Math.log(random()) / Math.log(1 - 1 / meanRun)) - 1;
      return true;
    };
  };
}
