import { expect, test } from 'vitest';
import { type Caveat, type CountNote, caveatSchema, countNoteSchema } from '../../slo/reason.ts';
import type { RatioEvidence } from '../../slo/verdict.ts';
import { caveatsOf, caveatWords, countNoteWords } from './caveats.ts';
import { spaced } from './format.ts';
import { failing, failures, fast, latency, more, row, stalled } from './rows.testing.ts';

const caveats: [Caveat, string][] = [
  [
    { code: 'this-run', everyMs: 6_000 },
    'Counted over this load in this run; what happens less often than every 6 s may not have shown.',
  ],
  [
    { code: 'groups' },
    'To be careful, 18,000 requests count like 12,000 independent ones. If bad requests come in groups of g that did not show, g times as many requests are needed.',
  ],
  [
    { code: 'closed-model', clients: 8 },
    '8 clients each wait for their answer: a stall delays few requests here; open arrivals would have met it more often.',
  ],
  [
    { code: 'late', requests: 3, of: 900 },
    '3 of 900 requests were sent, or their answers seen, late by our own client; they count against a pass, not for a fail.',
  ],
  [
    { code: 'resent', requests: 3 },
    '3 requests met an idle connection that broke, and went out once more: the service may have closed the connection, or failed the request. That counts against a pass, not for a fail; with --requests-per-connection 1 no connection is idle.',
  ],
  [
    { code: 'broken-off', missing: 1, waiting: 7 },
    'The recording breaks off: 1 request is missing, and 7 after them were not judged.',
  ],
  [{ code: 'repeated-samples', samples: 2 }, '2 samples were recorded twice and counted once.'],
  [
    { code: 'requests-repeated', documented: 10_000, afterMs: 10_000 },
    'The documented 10,000 requests were over after 10 s; the load went on without a pause until the minimum time.',
  ],
  [
    { code: 'held', decision: 'pass' },
    'It was decided at an earlier look and stands; by all that was judged since, it would not be a pass anew.',
  ],
  [
    { code: 'nearly-normal' },
    'The bound takes the average over stretches of time as nearly normal.',
  ],
];

test.each(caveats)('$code: its sentence', (caveat, sentence) => {
  expect(spaced(caveatWords(caveat, fast))).toBe(sentence);
});

test('what was seen of one request is said in the singular, and claims no rhythm', () => {
  const effective = { pass: 1.4, fail: 1 };
  const one = { ...fast, n: 1, effective };
  expect(spaced(caveatWords({ code: 'groups' }, one))).toMatch(
    /^To be careful, 1 request counts like 1 independent one\. /,
  );
  expect(spaced(caveatWords({ code: 'groups' }, { ...one, n: 20 }))).toMatch(
    /20 requests count like 1 independent one\. /,
  );
  expect(caveatWords({ code: 'this-run', everyMs: 0 }, one)).toBe(
    'Counted over this load in this run, which was over too soon to show what comes and goes.',
  );
});

test('no code is without its sentence here', () => {
  const codes = caveatSchema.options.map(({ shape }) => shape.code.value);
  expect(caveats.map(([{ code }]) => code)).toEqual(expect.arrayContaining(codes));
  const notes = countNoteSchema.options.map(({ shape }) => shape.code.value);
  expect(countNotes.map(([{ code }]) => code)).toEqual(notes);
});

const countNotes: [CountNote, string][] = [
  [
    { code: 'unreadable', detail: 'HTTP 500.' },
    'The server’s own counts could not be read: HTTP 500.',
  ],
  [
    { code: 'no-metrics-url' },
    'Neither --metrics nor --prometheus was given, so they are not known.',
  ],
  [{ code: 'not-recorded' }, 'The server’s own counts were not recorded.'],
  [{ code: 'no-answers' }, 'No answer is on record to hold them against.'],
  [
    { code: 'balancer-answers', requests: 1 },
    '1 answer came from the balancer itself and is in no replica’s count.',
  ],
  [
    { code: 'no-counter', signal: 'errors' },
    'The service has no counter of errors under the name that was looked for.',
  ],
  [
    { code: 'restarted', replica: 'replica-1', times: 2 },
    'replica-1 restarted 2 times: its count is a lower bound.',
  ],
  [
    { code: 'unreachable', replica: '', times: 1 },
    'The service could not be scraped 1 time and may have restarted meanwhile: its count is a lower bound.',
  ],
  [
    { code: 'ended', replica: 'replica-1' },
    'replica-1 was last scraped before the last answer was in, since it went away or is scraped seldom: its count is a lower bound.',
  ],
  [
    { code: 'several-processes', replica: '', seen: 'start-times' },
    'The service is several processes that answer scrapes in turn, each with counts of its own (start times go back and forth), so nothing can be compared. A counter that adds them up would help, or a Prometheus that scrapes each.',
  ],
  [
    { code: 'unanswered', requests: 3 },
    '3 requests ended without an answer: the server may or may not have counted them.',
  ],
];

test.each(countNotes)('$code: its sentence', (note, sentence) => {
  expect(spaced(countNoteWords(note))).toBe(sentence);
});

test('that our client was late is not said again where it is the reason', () => {
  const late: RatioEvidence = { ...fast, caveats: [{ code: 'late', requests: 90, of: 900 }] };
  const faults = [{ code: 'late', requests: 90, of: 900 } as const];
  const rows = [
    row(latency, late, { code: 'client-fault', faults }, 'invalid'),
    row(failures, late, more(), 'inconclusive'),
  ];
  expect(rows.map((one) => caveatsOf(rows).of(one).length)).toEqual([0, 1]);
});

test('what concerns all rows is said once, with the shortest time that was judged of those decided', () => {
  const withCaveats = (
    evidence: RatioEvidence,
    everyMs: number,
    caveats: Caveat[],
  ): RatioEvidence => ({
    ...evidence,
    caveats: [...caveats, { code: 'groups' }, { code: 'this-run', everyMs }],
  });
  const waiting: Caveat = { code: 'closed-model', clients: 8 };
  const rows = [
    row(latency, withCaveats(fast, 24_000, [waiting]), { code: 'within-limit' }, 'pass'),
    row(
      latency,
      withCaveats(fast, 6_000, [waiting, { code: 'repeated-samples', samples: 2 }]),
      { code: 'within-limit' },
      'pass',
    ),
    row(latency, withCaveats(stalled, 1_000, [waiting]), more(), 'inconclusive'),
    row(
      { ...failures, scenario: 'other' },
      withCaveats(failing, 12_000, []),
      { code: 'within-limit' },
      'pass',
    ),
  ];
  const { common, of } = caveatsOf(rows);
  expect(common.map(spaced)).toEqual([
    expect.stringMatching(/^main: 8 clients each wait/),
    expect.stringMatching(/groups of g/),
    expect.stringMatching(/less often than every 6 s /),
  ]);
  expect(rows.map((one) => of(one).length)).toEqual([0, 1, 0, 0]);
});
