import { expect, test } from 'vitest';
import type { Objective } from '../../slo/profile.ts';
import {
  type ClientFault,
  clientFaultSchema,
  type Reason,
  reasonSchema,
} from '../../slo/reason.ts';
import type { Evidence } from '../../slo/verdict.ts';
import { spaced } from './format.ts';
import { clientFaultWords, reasonWords } from './reasons.ts';
import {
  failing,
  failures,
  fast,
  latency,
  more,
  rate,
  row,
  slow,
  stalled,
  throughput,
} from './rows.testing.ts';
import type { VerdictRow } from './rows.ts';

const open = (reason: Reason, evidence: Evidence = fast, objective: Objective = latency) =>
  row(objective, evidence, reason, 'inconclusive');
const shape = (failed: number): Evidence => ({
  kind: 'exact',
  observations: 3,
  failed,
  shown: [],
});
const check = (reason: Reason, decision: VerdictRow['decision'], evidence?: Evidence) => ({
  id: 'T-1/a-check',
  decision,
  reason,
  evidence,
});
const checkReasons: [Reason['code'], VerdictRow, string][] = [
  [
    'as-expected',
    check({ code: 'as-expected' }, 'pass', shape(0)),
    'Everything that was looked at was as expected.',
  ],
  [
    'not-as-expected',
    check({ code: 'not-as-expected' }, 'fail', shape(2)),
    '2 of 3 things that were looked at were not as expected.',
  ],
  [
    'check-unrecorded',
    check({ code: 'check-unrecorded' }, 'inconclusive'),
    'The run has no record of this check: it ended before it came to it.',
  ],
  [
    'check-skipped',
    check({ code: 'check-skipped', why: 'the service gives no counters' }, 'inconclusive'),
    'The service gives no counters.',
  ],
  [
    'check-crashed',
    check({ code: 'check-crashed', detail: 'INTERNAL: Error: out of luck' }, 'invalid'),
    'The check itself broke: INTERNAL: Error: out of luck',
  ],
  [
    'check-broken-off',
    check({ code: 'check-broken-off' }, 'inconclusive', shape(0)),
    'The run ended in the middle of this check.',
  ],
  [
    'exchanges-lost',
    check({ code: 'exchanges-lost', lost: 2 }, 'inconclusive', shape(0)),
    'Of what it saw, 2 stand in exchanges that are not on record.',
  ],
  [
    'saw-nothing',
    check({ code: 'saw-nothing' }, 'invalid'),
    'The check looked at nothing, so it proves nothing.',
  ],
  [
    'suite-not-asked',
    check({ code: 'suite-not-asked', suite: 'load' }, 'inconclusive'),
    'It is decided by the suite load, which was not asked for.',
  ],
];
const reasons: [Reason['code'], VerdictRow, string][] = [
  [
    'within-limit',
    row(latency, fast, { code: 'within-limit' }, 'pass'),
    'p95 was 16.3 ms of 200 ms: 0 of 18,000 requests took 200 ms or longer or failed, so at 99 % confidence at most 0.083 % would (5 % may).',
  ],
  [
    'within-limit',
    row(throughput, rate, { code: 'within-limit' }, 'pass'),
    '112 good answers/s came, more than 100 asked; at 99 % confidence at least 107 would.',
  ],
  [
    'beyond-limit',
    row(latency, slow, { code: 'beyond-limit' }, 'fail'),
    'p95 was 576 ms of 200 ms: 1,440 of 18,000 requests took 200 ms or longer or failed, so at 99.8 % confidence at least 6.2 % would (only 5 % may). 40 of them may be our own client’s doing and do not count for this.',
  ],
  [
    'beyond-limit',
    row(
      throughput,
      { ...rate, perSecond: 87, bounds: { lower: 80, upper: 92.01 } },
      { code: 'beyond-limit' },
      'fail',
    ),
    'Only 87 good answers/s came, more than 100 asked; at 99.8 % confidence at most 92.1 would.',
  ],
  [
    'outage',
    row(failures, { ...failing, bad: 6_000 }, { code: 'outage', ms: 41_000 }, 'fail'),
    'No request was good for 41 s on end: 6,000 of 8,963 requests failed.',
  ],
  [
    'not-enough',
    open(more(170_000), stalled),
    'p95 was 576 ms (limit 200 ms), but too few stalls were seen to be sure. It needs about 3 min of load if it goes on like this.',
  ],
  [
    'not-enough',
    open(more(), failing, failures),
    '12 of 8,963 requests failed (0.134 %, limit 1 %), within the limit so far, but too few requests were seen to show it: up to 1.3 % would at 99 % confidence. It is too near to its limit to say how much load would decide it.',
  ],
  [
    'not-enough',
    open({ code: 'not-enough', interrupted: true }, { ...rate, perSecond: 92 }, throughput),
    '92 good answers/s came (more than 100 asked), but they varied too much to be sure. The run was interrupted.',
  ],
  [
    'changed',
    open({
      code: 'changed',
      change: { atMs: 35_000, before: 0.002, after: 0.041, standardErrors: 4 },
    }),
    'The service changed while it was judged: from 0.2 % to 4.1 % bad at about 35 s of judged load; if that went on it would exceed 5 %.',
  ],
  [
    'changed',
    open(
      { code: 'changed', change: { atMs: 35_000, before: 130, after: 104, standardErrors: 4 } },
      rate,
      throughput,
    ),
    'The service changed while it was judged: from 130 to 104 good answers/s at about 35 s of judged load; if that went on it would fall below 100/s.',
  ],
  [
    'minimum-time',
    open({ code: 'minimum-time', minTimeMs: 60_000 }),
    'p95 was 16.3 ms (limit 200 ms), within the limit so far, but it was judged for less than the minimum of 60 s.',
  ],
  [
    'cut-short',
    open({ code: 'cut-short', of: 'duration' }),
    'p95 was 16.3 ms (limit 200 ms), within the limit so far, but the load ended before its documented duration was over.',
  ],
  [
    'cut-short',
    open({ code: 'cut-short', of: 'requests' }),
    'p95 was 16.3 ms (limit 200 ms), within the limit so far, but the load ended before the documented number of requests was sent.',
  ],
  [
    'client-unknown',
    open({ code: 'client-unknown' }),
    'p95 was 16.3 ms (limit 200 ms), within the limit so far, but the run broke off before it was known whether our load generator kept its pace.',
  ],
  [
    'client-fault',
    row(
      latency,
      fast,
      {
        code: 'client-fault',
        faults: [
          { code: 'gap', ms: 4_000 },
          { code: 'dropped', requests: 1 },
        ],
      },
      'invalid',
    ),
    'Our load generator’s fault, not the service’s: it sent nothing for 4 s; 1 request was not sent.',
  ],
  [
    'dropped-may-be-good',
    row(failures, failing, { code: 'dropped-may-be-good', requests: 412 }, 'invalid'),
    '12 of 8,963 requests failed, but that may be our load generator’s fault: 412 requests were not sent.',
  ],
  [
    'never-answered',
    row(
      latency,
      undefined,
      { code: 'never-answered', requests: 135, refused: 120, timeouts: 5, resets: 0, open: 10 },
      'invalid',
    ),
    'None of 135 requests was answered: 120 refused, 5 timed out, 10 still open at the end.',
  ],
  [
    'not-driven',
    row(latency, undefined, { code: 'not-driven' }, 'inconclusive'),
    'The run ended before it came to this load.',
  ],
  [
    'budget-too-small',
    row(
      latency,
      undefined,
      { code: 'budget-too-small', budgetMs: 30_000, neededMs: 100_000 },
      'inconclusive',
    ),
    'The budget of 30 s is too small: even a faultless service needs 1 min 40 s of load.',
  ],
  [
    'nothing-judged',
    row(latency, undefined, { code: 'nothing-judged', because: 'interrupted' }, 'inconclusive'),
    'The run was interrupted before a request was judged.',
  ],
  [
    'nothing-judged',
    row(latency, undefined, { code: 'nothing-judged', because: 'missing' }, 'invalid'),
    'The first requests are missing from the recording, so none could be judged.',
  ],
  [
    'nothing-judged',
    row(latency, undefined, { code: 'nothing-judged', because: 'none' }, 'invalid'),
    'No request was recorded that could be judged.',
  ],
  [
    'nothing-counted',
    row(failures, undefined, { code: 'nothing-counted', judged: 1_200 }, 'inconclusive'),
    '1,200 requests were judged, but this objective is about none of them.',
  ],
  [
    'no-cache-sign',
    row(failures, undefined, { code: 'no-cache-sign' }, 'inconclusive'),
    'The service says nothing of a cache: no answer has a header that tells hits from misses.',
  ],
  [
    'evidence-altered',
    row(latency, fast, { code: 'evidence-altered' }, 'invalid'),
    'The evidence was altered after it was recorded, so it proves nothing.',
  ],
  ...checkReasons,
  [
    'not-asked',
    row(latency, undefined, { code: 'not-asked' }, 'inconclusive'),
    'It was not asked for.',
  ],
  [
    'profile',
    row(latency, undefined, { code: 'profile', text: 'No check yet.' }, 'inconclusive'),
    'No check yet.',
  ],
];

test.each(reasons)('%s: its sentence', (code, given, sentence) => {
  expect(given.reason?.code).toBe(code);
  const words = spaced(reasonWords(given));
  expect(words).toBe(sentence);
  expect(words).not.toMatch(/undefined|NaN|null|∞/);
});

const clientFaults: [ClientFault, string][] = [
  [{ code: 'generator-failed' }, 'it failed'],
  [{ code: 'generator-failed', detail: 'out of memory' }, 'it failed (out of memory)'],
  [{ code: 'generator-exit', exitCode: 107 }, 'it ended with exit code 107'],
  [{ code: 'generator-signal', signal: 'SIGKILL' }, 'it was ended by SIGKILL'],
  [
    { code: 'local-limit', limit: 'descriptors', requests: 9_823 },
    'on our own side open files ran out for 9,823 requests (raise `ulimit -Hn`, or lower --rate)',
  ],
  [{ code: 'dropped', requests: 412 }, '412 requests were not sent'],
  [
    { code: 'late', requests: 369, of: 9_000 },
    '369 of 9,000 requests were sent, or their answers seen, late',
  ],
  [{ code: 'clock-jump', ms: -3_200 }, 'the clock jumped by 3.2 s'],
  [{ code: 'impossible-times', requests: 1 }, '1 request has impossible times'],
  [{ code: 'stood-still', ms: 6_000, ofMs: 20_000 }, 'it stood still for 6 s of 20 s'],
  [{ code: 'gap', ms: 4_000 }, 'it sent nothing for 4 s'],
  [
    { code: 'starved', loopLagP99Ms: 480 },
    'the machine was too busy, and timers ran 480 ms late (p99)',
  ],
];

test.each(clientFaults)('$code: its words', (fault, words) => {
  expect(spaced(clientFaultWords(fault))).toBe(words);
});

test('no code is without its words here', () => {
  const codes = (schema: { options: { shape: { code: { value: string } } }[] }) =>
    schema.options.map(({ shape }) => shape.code.value);
  expect(new Set(reasons.map(([code]) => code))).toEqual(new Set(codes(reasonSchema)));
  expect(clientFaults.map(([{ code }]) => code)).toEqual(
    expect.arrayContaining(codes(clientFaultSchema)),
  );
});

test('a decision that is held has no bound that contradicts it', () => {
  const held = row(
    latency,
    { ...fast, bounds: { lower: 0, upper: 0.06 } },
    { code: 'within-limit' },
    'pass',
  );
  expect(spaced(reasonWords(held))).toBe(
    'p95 was 16.3 ms of 200 ms: 0 of 18,000 requests took 200 ms or longer or failed (5 % may).',
  );
});
