import type { Api, Scenario } from '../slo/profile.ts';
import { formats } from './apis/index.ts';
import { scatter, seedOf } from './random.ts';

interface PayloadInput {
  scenario: string;
  api: Api;
  payloads: Scenario['payloads'];
  bodies?: readonly string[];
  seed: number;
}

/** One body to send. */
interface Payload {
  body: string;
  /** Instances in it, and so predictions in a right answer; undefined when a body of the user's own does not say. */
  rows: number | undefined;
  /** Which of the repeated bodies it is; undefined when every body is unique. */
  repeated: number | undefined;
}

/**
 * Bodies by request index, a pure function of the plan. Unique ones never repeat within 2³² requests: the first feature is a bijection
 * of the index. Scenarios draw from streams of their own, so that one does not warm the server's cache for another.
 */
export function payloadsOf(input: PayloadInput): (index: number) => Payload {
  const { api, payloads, bodies } = input;
  if (bodies !== undefined && bodies.length > 0) {
    const known = bodies.map((body) => ({ body, rows: rowsIn(api, body) }));
    const distinct =
      payloads.kind === 'repeated' ? Math.min(payloads.distinct, known.length) : known.length;
    return (index) => {
      const repeated = index % distinct;
      return { body: '', rows: undefined, ...known[repeated], repeated };
    };
  }
  const seed = seedOf(input.seed, `${input.scenario} payloads`);
  if (payloads.kind === 'unique')
    return (index) => ({ body: generate(api, seed, index), rows: 1, repeated: undefined });
  return (index) => {
    const repeated = index % payloads.distinct;
    return { body: generate(api, seed, repeated), rows: 1, repeated };
  };
}

/** One row of four to eight features between −21.5 and 21.5. */
function generate(api: Api, seed: number, index: number): string {
  let state = scatter(index ^ seed);
  const features = [feature(state)];
  const count = 4 + (state % 5);
  for (let at = 1; at < count; at++) {
    state = scatter(state + seed + at);
    features.push(feature(state));
  }
  return formats[api].bodyOf(features);
}

/** Eight decimals keep different 32-bit numbers different. */
function feature(bits: number): number {
  return (bits - 2 ** 31) / 1e8;
}

function rowsIn(api: Api, body: string): number | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // k6 does not read a number beyond a double (1e400). The body is sent all the same; only its rows are not counted.
    return undefined;
  }
  return typeof parsed === 'object' && parsed !== null ? formats[api].rowsIn(parsed) : undefined;
}
