import { expect, test } from 'vitest';
import type { Evidence, ObjectiveVerdict, RunVerdicts, TargetVerdict } from '../slo/verdict.ts';
import { fixture } from './fixture.ts';
import { renderHtml } from './html/page.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderTerminal } from './terminal.ts';

const { run, verdicts } = fixture('pass');
const facts = { kind: 'slo' as const, statement: 'A promise.', section: 'Promises', reason: 'Because.' };

const rate: Evidence = {
  kind: 'rate',
  judgedMs: 60_000,
  guarantee: 'calibrated',
  caveats: ['Asymptotic in the number of seconds.'],
  blocks: 60,
  good: 7_260,
  perSecond: 121,
  minPerSecond: 100,
  bounds: { lower: 113, upper: 129, confidence: 0.99 },
  tau: 1.2,
  alphaPass: 0.01,
  alphaFail: 0.002,
};
const objectives: ObjectiveVerdict[] = [
  {
    id: 'KS-SLO-1/throughput',
    objective: { indicator: 'throughput', scenario: 'large', minPerSecond: 100 },
    decision: 'pass',
    reason: 'Fast enough.',
    stop: 'documented-duration',
    evidence: rate,
  },
  {
    id: 'KS-SLO-1/failures',
    objective: { indicator: 'failures', scenario: 'large', maxShare: 0.01 },
    decision: 'inconclusive',
    reason: 'The budget cannot decide it.',
    stop: 'not-started',
    neededSeconds: 300,
  },
];
const targets: TargetVerdict[] = [
  { ...facts, id: 'KS-SLO-1', decision: 'inconclusive', objectives },
  {
    ...facts,
    id: 'KS-MET-1',
    decision: 'fail',
    objectives: [],
    evidence: { kind: 'exact', expected: 'equal counts', seen: 'server 3, client 4' },
  },
  {
    ...facts,
    id: 'KS-HA-1',
    decision: 'pass',
    objectives: [],
    evidence: { kind: 'duration', guarantee: 'exact', caveats: [], seconds: [3.2, 4.5], limitSeconds: 10 },
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
  for (const words of ['KS-SLO-1/failures', 'KS-MET-1', 'KS-HA-1', '113', '4.5 s', '10 s', 'exact', 'server 3, client 4'])
    expect(text).toContain(words);
});

test('junit.xml has one case per target, whatever it rests on', () => {
  const xml = renderJunit(run, every);
  expect(xml).toContain('tests="3" failures="1" errors="1" skipped="0" time="60.000"');
  expect(xml).toContain('seen: server 3, client 4; expected: equal counts');
  expect(xml).toContain('KS-SLO-1/throughput: pass; at least 100 good answers/s');
  expect(xml).toContain('KS-SLO-1/failures: inconclusive; failed requests ≤ 1 %; nothing measured');
});
