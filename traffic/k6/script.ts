/**
 * Drives one load plan. Few virtual users, each an event loop that sends at set times and never waits for an answer:
 *
 * - Every arrival has its intended start from the schedule (`arrivals.ts`), so no executor of k6 decides when or whether it is sent. k6's
 *   own arrival-rate executors drop an arrival that finds no free virtual user, cannot say when it was due, and know no Poisson.
 * - Requests in flight are bounded by rate × timeout alone. A pool of virtual users that covers the same needs one JavaScript runtime per
 *   request in flight. On two cores, server beside it, 1,000 requests/s with 2 s timeout (2,000 users): 1.1 cores, 560 MB and an
 *   answer seen after 120 ms at the median; this way 0.6 cores, 46 MB and 1 ms. k6's `constant-arrival-rate` took 0.5 cores and 70 MB with
 *   120 users, without reading any answer or telling anybody.
 * - In a closed model one event loop carries all clients, so indexes follow starts exactly; each client waits for its answer (`hey -c`).
 *
 * Clock: `Date.now()` has whole milliseconds. k6's time since the test's start has nanoseconds and runs on the same clock, so it is
 * set against one edge of `Date.now()` on start. The end is taken when the event loop sees the answer, which is never before the last
 * byte: the client's own delay counts against the server, never for it.
 */
import exec from 'k6/execution';
import http, { type RefinedResponse } from 'k6/http';
import type { Resending } from '../../slo/sample.ts';
import { readAnswer } from '../apis/index.ts';
import { schedule } from '../arrivals.ts';
import { cacheHitOf } from '../cache-hit.ts';
import { brokeAtOnce, failureOf, foundClosed, isReadable, limitOf } from '../outcomes.ts';
import { payloadsOf } from '../payloads.ts';
import {
  endLine,
  readyLine,
  type ScriptInput,
  startLine,
  stillLine,
  unanswered,
  type WireEnd,
} from '../wire.ts';
import { beat } from './pulse.ts';
import { clientOptions, errorOf, paramsOf, urlOf } from './request.ts';

const input: ScriptInput = JSON.parse(open(__ENV['TAILGATE_PLAN'] ?? ''));
const { plan, loops, requestIdPrefix, proxy } = input;
const loadMs = plan.warmupMs + plan.plannedMs;
/** From the executor's start to the schedule's zero: time for every event loop to be there. */
const leadMs = 250;
/** What a server says in a header beyond this is nothing that is read here, and may be more than a pattern can bear. */
const longestHeader = 1000;
/** A loop that is behind lets answers in between: when it is overloaded, that shows as late starts and not only as slow answers. */
const sentAtOnce = 4;

export const options = {
  ...clientOptions(plan),
  scenarios: {
    load: {
      executor: 'per-vu-iterations',
      vus: loops,
      iterations: 1,
      // Past this, arrivals that were not sent are dropped; the launcher counts them.
      maxDuration: `${Math.ceil(leadMs + loadMs + plan.timeoutMs + 1000)}ms`,
      gracefulStop: '0s',
    },
  },
  // k6 keeps as many idle connections as a batch may have requests; a smaller number would reconnect under load.
  batch: 20_000,
  batchPerHost: 20_000,
};

const url = urlOf(plan);
/** After so long without any answer, all connections of an event loop have been idle for long enough that a server may be closing them. */
const idleMs = 900;

/** A connection that was closed already breaks after one way there and back; a server that breaks it over a request may take longer. */
const closedWithinMs = 500;

/** Each idle connection may be found closed. */
const mostTimes = 20;

/** What one event loop is at. It has connections of its own. */
interface Loop {
  /** Milliseconds since the plan's epoch. */
  now: () => number;
  /** Where the schedule starts. */
  zero: number;
  /** How much of an end may be our own delay in seeing it. */
  seenLate: (start: number, end: number) => number;
  sent: number;
  open: number;
  /** When the last request ended. */
  lastEnd: number;
  /**
   * Whether the server lets connections be given up. One that answers a request to close with `keep-alive` would have k6 send more on a
   * connection that nobody may use any more, so it is not asked again. (k6 does not show whether an answer said `close`.)
   */
  givesUp: boolean;
}

const payloadAt = payloadsOf(plan);

export default function run(): void {
  const now = clock();
  // The epoch's own fraction of a millisecond is 0, so the zero is the same in every event loop.
  const zero = exec.scenario.startTime + leadMs - plan.epochMs;
  console.log(readyLine(zero));
  const isOver = () => loop.open === 0 && now() >= zero + loadMs;
  const onPause = (ms: number) => console.log(stillLine(ms / loops));
  const loop: Loop = {
    now,
    zero,
    seenLate: beat({ now, isOver, onPause }),
    sent: 0,
    open: 0,
    lastEnd: zero,
    givesUp: plan.requestsPerConnection !== null,
  };
  if (plan.arrivals.shape === 'closed') runClosed(plan.arrivals.concurrency, loop);
  else runOpen(exec.vu.idInTest - 1, loop);
}

/** Sends every arrival of the schedule whose index is this loop's turn. */
function runOpen(turn: number, loop: Loop): void {
  const { now, zero } = loop;
  const next = schedule(plan);
  let index = 0;
  let due = next();
  const sendDue = () => {
    for (let atOnce = 0; due !== undefined; ) {
      if (index % loops === turn) {
        const wait = zero + due - now();
        if (wait > 0 || atOnce === sentAtOnce) {
          setTimeout(sendDue, Math.max(0, wait));
          return;
        }
        send(index, zero + due, loop);
        atOnce++;
      }
      index++;
      due = next();
    }
  };
  sendDue();
}

function runClosed(concurrency: number, loop: Loop): void {
  const { now, zero } = loop;
  let index = 0;
  const client = (): void => {
    if (now() >= zero + loadMs) return;
    send(index++, undefined, loop).then((ended) => {
      if (ended) client();
    });
  };
  setTimeout(
    () => {
      for (let at = 0; at < concurrency; at++) client();
    },
    Math.max(0, zero - now()),
  );
}

/**
 * Sends one request; resolves when it has ended, with false when it was broken off because the load is to end. In a closed model the
 * intended start is the start.
 */
function send(index: number, intendedStart: number | undefined, loop: Loop): Promise<boolean> {
  const { body, rows } = payloadAt(index);
  const close = loop.givesUp && loop.sent++ % (plan.requestsPerConnection ?? 1) === 0;
  const params = paramsOf(plan, `${requestIdPrefix}-${index}`, close);
  const start = loop.now();
  const wasIdle = loop.open === 0 && start - loop.lastEnd >= idleMs;
  loop.open++;
  console.log(startLine(index, intendedStart ?? start, start));
  let resent: Resending | undefined;
  const post = (times: number): Promise<RefinedResponse<'text'>> =>
    http.asyncRequest('POST', url, body, params).then((response) => {
      const why =
        times < mostTimes ? reasonToResend(response, wasIdle && resent === undefined) : undefined;
      if (why === undefined) return response;
      resent = why;
      return post(times + 1);
    });
  return post(1).then((response) => {
    const end = loop.now();
    loop.open--;
    loop.lastEnd = end;
    if (close && /\bkeep-alive\b/i.test(response.headers['Connection'] ?? '')) loop.givesUp = false;
    const outcome = read(response, rows, end);
    if (outcome === undefined) return false;
    const late = loop.seenLate(start, end);
    console.log(endLine(index, { ...outcome, resent, seenLate: late < 1 ? undefined : late }));
    return true;
  });
}

/**
 * A server may close an idle connection at any time (RFC 9112, 9.5), and a request may meet that: it is sent once more, and its time goes on.
 * `closed`: it was not written, which may happen again on the next idle connection. `broken`: it may have been read. Undefined where nobody
 * but the server can have broken the connection: a new one, or one in use.
 */
function reasonToResend(
  response: RefinedResponse<'text'>,
  wasIdle: boolean,
): Resending | undefined {
  const failed = errorOf(response);
  if (failed === undefined) return undefined;
  if (foundClosed(failed.error)) return 'closed';
  const { connecting, waiting } = response.timings;
  return wasIdle && connecting === 0 && waiting < closedWithinMs && brokeAtOnce(failed.error)
    ? 'broken'
    : undefined;
}

function read(
  response: RefinedResponse<'text'>,
  rows: number | undefined,
  end: number,
): WireEnd | undefined {
  const { status, headers, timings } = response;
  const header = (name: string) => headers[name]?.slice(0, longestHeader);
  const replica = header('X-Served-By');
  const failed = errorOf(response);
  if (failed !== undefined) {
    const { code, error } = failed;
    const outcome = failureOf(code, error, proxy === 'tunnels');
    const limit = outcome === 'local' ? limitOf(code, error, proxy === 'tunnels') : undefined;
    return outcome && { ...unanswered, end, outcome, error, limit };
  }
  const text = response.body ?? '';
  const bytes = Number(headers['Content-Length'] ?? text.length);
  const answered = {
    ...unanswered,
    end,
    firstByte: end - timings.receiving,
    status,
    bytes,
    replica,
  };
  // Only a proxy asks for a password of its own.
  if (status === 407 && proxy === 'forwards')
    return { ...answered, outcome: 'local', limit: 'proxy', error: 'status 407' };
  if (status !== 200) return { ...answered, outcome: 'http' };
  const { wellFormed, modelVersion } = readAnswer(plan.api, text, rows);
  const coding = header('Content-Encoding');
  if (!wellFormed && !isReadable(coding))
    return {
      ...answered,
      outcome: 'local',
      limit: 'decoding',
      error: `Content-Encoding: ${coding}`,
    };
  const cacheHit = cacheHitOf(header);
  return { ...answered, outcome: wellFormed ? 'ok' : 'malformed', modelVersion, cacheHit };
}

/** Milliseconds since the plan's epoch, with fractions. */
function clock(): () => number {
  const before = Date.now();
  let edge = before;
  while (edge === before) edge = Date.now();
  // k6 makes a new object at every `exec.instance`, which takes ten times as long as to ask the object.
  const { instance } = exec;
  const offset = edge - instance.currentTestRunDuration - plan.epochMs;
  return () => instance.currentTestRunDuration + offset;
}
