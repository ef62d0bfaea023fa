import { expect, test } from 'vitest';
import type { Evidence, ObjectiveVerdict, RunVerdicts, TargetVerdict } from '../../slo/verdict.ts';
import { type FixtureName, fixture } from '../fixture.testing.ts';
import { renderHtml } from '../html/page.ts';
import { renderJunit } from '../junit.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { spaced } from './format.ts';
import { reasonWords } from './reasons.ts';
import { rowsOf } from './rows.ts';
import { summarise } from './summarise.ts';

const { run, verdicts } = fixture('pass');
const facts = { kind: 'slo' as const, statement: 'A promise.', section: 'Promises' };

const rate: Evidence = {
  kind: 'rate',
  judgedMs: 60_000,
  guarantee: 'calibrated',
  caveats: [{ code: 'nearly-normal' }, { code: 'this-run', everyMs: 6_000 }],
  blocks: 60,
  good: 7_260,
  perSecond: 121,
  minPerSecond: 100,
  bounds: { lower: 113.4, upper: 128.7 },
  chance: { pass: 1e-9, fail: 1 },
  level: { pass: 0.00125, fail: 0.00025 },
  alpha: { pass: 0.01, fail: 0.002 },
};
const objectives: ObjectiveVerdict[] = [
  {
    id: 'KS-SLO-1/throughput',
    objective: { indicator: 'throughput', scenario: 'large', minPerSecond: 100 },
    decision: 'pass',
    reason: { code: 'within-limit' },
    stop: 'documented-duration',
    evidence: rate,
  },
  {
    id: 'KS-SLO-1/failures',
    objective: { indicator: 'failures', scenario: 'large', maxShare: 0.01 },
    decision: 'inconclusive',
    reason: { code: 'budget-too-small', budgetMs: 60_000, neededMs: 300_000 },
    stop: 'not-started',
  },
];
const targets: TargetVerdict[] = [
  { ...facts, id: 'KS-SLO-1', decision: 'inconclusive', objectives, checks: [], leftOut: [] },
  {
    ...facts,
    id: 'KS-MET-1',
    decision: 'fail',
    objectives: [],
    checks: [
      {
        id: 'KS-MET-1/counts-agree',
        check: 'counts-agree',
        params: {},
        decision: 'fail',
        reason: { code: 'not-as-expected' },
        evidence: {
          kind: 'exact',
          observations: 2,
          failed: 1,
          shown: [
            {
              subject: 'counts of large',
              expected: 'equal counts',
              seen: 'server 3, client 4',
              ok: false,
              repeat: 'curl -sS http://127.0.0.1/metrics',
            },
          ],
        },
      },
    ],
    leftOut: [],
  },
  {
    ...facts,
    id: 'KS-HA-1',
    decision: 'pass',
    objectives: [],
    checks: [
      {
        id: 'KS-HA-1/recovers',
        check: 'recovers',
        params: { withinSeconds: 10 },
        decision: 'pass',
        reason: { code: 'as-expected' },
        evidence: {
          kind: 'duration',
          guarantee: 'exact',
          caveats: [],
          seconds: [3.2, 4.5],
          limitSeconds: 10,
        },
      },
    ],
    leftOut: [],
  },
];
const every: RunVerdicts = {
  ...verdicts,
  exitCode: 1,
  profiles: verdicts.profiles.map((profile) => ({ ...profile, targets, conflicts: [] })),
};

test.each([
  ['report.html', renderHtml(run, every, [])],
  ['summary.md', renderMarkdown(every)],
  ['the terminal', renderTerminal(every, { width: 140, color: false })],
])('%s shows rates, durations, exact checks, and what was not measured', (_, rendered) => {
  const text = rendered.replaceAll(/<[^>]*>|\u00a0/g, ' ').replaceAll(/\\(.)/g, '$1');
  for (const words of [
    'KS-SLO-1/failures',
    'KS-MET-1',
    'KS-HA-1',
    '113',
    '4.5 s',
    '10 s',
    'more than 100',
    'server 3, client 4',
    'curl -sS',
  ])
    expect(text).toContain(words);
});

test.each([
  ['report.html', (of: RunVerdicts) => renderHtml(run, of, [])],
  ['summary.md', (of: RunVerdicts) => renderMarkdown(of)],
  ['junit.xml', (of: RunVerdicts) => renderJunit(run, of)],
  ['the terminal', (of: RunVerdicts) => renderTerminal(of, { width: 300, color: false })],
])('%s says which part of a target was not run, and why', (_, render) => {
  const part = { part: 'KS-SLO-1/cache-misses', reason: { code: 'no-cache-sign' } } as const;
  const partly: TargetVerdict = {
    ...facts,
    id: 'KS-SLO-1',
    decision: 'pass',
    objectives: objectives.slice(0, 1),
    checks: [],
    leftOut: [part],
  };
  const of = { ...every, profiles: every.profiles.map((one) => ({ ...one, targets: [partly] })) };
  const text = render(of).replaceAll(/<[^>]*>|[*]/g, '');
  expect(text).toMatch(/KS-SLO-1\/cache-misses not run: The service says nothing of a cache: /);
});

test.each([
  ['report.html', () => htmlOf('fail')],
  ['summary.md', () => renderMarkdown(fixture('fail').verdicts)],
  ['junit.xml', () => renderJunit(fixture('fail').run, fixture('fail').verdicts)],
  ['the terminal', () => renderTerminal(fixture('fail').verdicts, { width: 300, color: false })],
])('%s says how requests failed, the most frequent cause first', async (_, render) => {
  const text = spaced((await render()).replaceAll(/<[^>]*>/g, ''));
  expect(text).toMatch(
    /\d+ of [\d,]+ judged requests failed \([\d.]+ %\): HTTP 500 ×\d+ \([\d.]+ %\), malformed answer ×\d+ \([\d.]+ %\), timeout ×\d+ \([\d.]+ %\)\./,
  );
});

async function htmlOf(name: FixtureName): Promise<string> {
  const { run: of, verdicts: judged, samples } = fixture(name);
  return renderHtml(of, judged, await summarise(of, samples()));
}

test('a target that was decided itself decides its rows', () => {
  const altered = {
    ...facts,
    id: 'KS-SLO-1',
    decision: 'invalid' as const,
    objectives,
    checks: [],
    leftOut: [],
    reason: { code: 'evidence-altered' as const },
  };
  const rows = rowsOf(altered);
  expect(rows.map(({ id, decision }) => [id, decision])).toEqual(
    objectives.map(({ id }) => [id, 'invalid']),
  );
  expect(rows.map(reasonWords)).toEqual(
    Array(2).fill('The evidence was altered after it was recorded, so it proves nothing.'),
  );
});

test('junit.xml has one case per target, whatever it rests on', () => {
  const xml = renderJunit(run, every);
  expect(xml).toContain('tests="3" failures="1" errors="1" skipped="0" time="60.000"');
  expect(xml).toContain('counts of large: expected equal counts; seen server 3, client 4. By hand');
  expect(xml).toContain('KS-SLO-1/throughput: pass; more than 100 good answers/s');
  expect(xml).toContain('KS-SLO-1/failures: inconclusive; failed requests ≤ 1 %; nothing measured');
});
