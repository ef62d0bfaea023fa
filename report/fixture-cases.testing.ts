import type { Objective, Profile } from '../slo/profile.ts';
import type { Reason } from '../slo/reason.ts';
import type { ClientHealth, SwitchedFault } from '../slo/scenario-record.ts';
import type { Decision, ObjectiveVerdict, RunVerdicts } from '../slo/verdict.ts';

export const fixtureNames = [
  ...(['pass', 'fail', 'invalid', 'inconclusive', 'missed', 'changed', 'interrupted', 'external', 'hostile'] as const),
] as const;
export type FixtureName = (typeof fixtureNames)[number];

export interface Case {
  exitCode: RunVerdicts['exitCode'];
  judgedMs: number;
  /** Decisions and reasons that differ from a pass, by target. */
  differs: Record<string, { decision: Decision; reason: Reason; stop?: ObjectiveVerdict['stop'] }>;
  slowShare: number;
  errorShare: number;
  /** Stretches in which more requests are slow, milliseconds since the start of the first scenario. */
  spells: { fromMs: number; toMs: number; slowShare: number }[];
  faults: string[];
  /** Times since the start of the first scenario. */
  switched: SwitchedFault[];
  warnings: string[];
  client: Partial<ClientHealth>;
}

const calm: Case = {
  exitCode: 0,
  judgedMs: 42_000,
  differs: {},
  slowShare: 0.002,
  errorShare: 0,
  spells: [],
  faults: [],
  switched: [],
  warnings: [],
  client: {},
};

export const hostileText =
  '<script>alert(1)</script> & "quoted" \'single\' | pipe `tick` \u001b[31mred\u0000 ]]> <!-- <img src=x onerror=alert(1)>';

const clientFault: Reason = {
  code: 'client-fault',
  faults: [
    { code: 'generator-failed', detail: 'k6: out of memory' },
    { code: 'dropped', requests: 412 },
    { code: 'late', requests: 369, of: 9000 },
    { code: 'starved', loopLagP99Ms: 480 },
  ],
};
const cut: Reason = { code: 'not-enough', interrupted: true, neededMs: 31_000 };
const change = { atMs: 21_000, before: 0.004, after: 0.062, standardErrors: 4.1 };

export const cases: Record<FixtureName, Case> = {
  pass: calm,
  external: calm,
  hostile: calm,
  fail: {
    ...calm,
    exitCode: 1,
    judgedMs: 18_000,
    slowShare: 0.11,
    errorShare: 0.02,
    faults: ['latency=300ms', 'errors=2%'],
    switched: [
      { text: 'latency=300ms', part: null, from: 0 },
      { text: 'errors=2%', part: null, from: 0 },
    ],
    differs: {
      'AK-SLO-1': { decision: 'fail', reason: { code: 'beyond-limit' } },
      'AK-SLO-2': { decision: 'fail', reason: { code: 'beyond-limit' } },
      'AK-SLO-3': { decision: 'fail', reason: { code: 'beyond-limit' } },
      'AK-SLO-4': {
        decision: 'inconclusive',
        reason: { code: 'not-enough', interrupted: false, neededMs: 240_000 },
        stop: 'budget',
      },
    },
  },
  invalid: {
    ...calm,
    exitCode: 3,
    judgedMs: 30_000,
    client: { exitCode: 105, dropped: 412, clockJumpMs: 3.1, loopLagP99Ms: 480 },
    differs: Object.fromEntries(
      ['AK-SLO-1', 'AK-SLO-2', 'AK-SLO-3', 'AK-SLO-4'].map((id) => [
        id,
        { decision: 'invalid' as const, reason: clientFault, stop: 'client-failed' as const },
      ]),
    ),
  },
  inconclusive: {
    ...calm,
    exitCode: 2,
    judgedMs: 30_000,
    slowShare: 0.015,
    differs: {
      'AK-SLO-2': {
        decision: 'inconclusive',
        reason: { code: 'not-enough', interrupted: false, neededMs: 190_000 },
        stop: 'budget',
      },
    },
  },
  missed: {
    ...calm,
    exitCode: 2,
    judgedMs: 42_000,
    spells: [{ fromMs: 20_000, toMs: 26_000, slowShare: 0.9 }],
    faults: ['pause=6s@20s'],
    switched: [{ text: 'pause=6s', part: 'reference-server-1', from: 20_000, to: 26_000 }],
    differs: {
      'AK-SLO-1': {
        decision: 'inconclusive',
        reason: { code: 'not-enough', interrupted: false, neededMs: 610_000 },
        stop: 'budget',
      },
    },
  },
  changed: {
    ...calm,
    exitCode: 2,
    judgedMs: 42_000,
    spells: [{ fromMs: 26_000, toMs: 47_000, slowShare: 0.07 }],
    faults: ['latency=300ms:5s/2s', 'errors=1%@20s..30s'],
    switched: [
      ...[10_000, 15_000, 20_000, 25_000, 30_000, 35_000].map((from) => ({
        ...{ text: 'latency=300ms', part: 'reference-server-2', from, to: from + 2_000 },
      })),
      { text: 'errors=1%', part: null, from: 20_000, to: 30_000 },
    ],
    differs: { 'AK-SLO-1': { decision: 'inconclusive', reason: { code: 'changed', change }, stop: 'budget' } },
  },
  interrupted: {
    ...calm,
    exitCode: 2,
    judgedMs: 11_000,
    warnings: [
      'The run was interrupted by SIGINT after 16 s; verdicts rest on what was recorded until then.',
      'samples.ndjson.gz differs from the hash it was sealed with: samples were removed or altered after the run.',
    ],
    differs: {
      'AK-SLO-2': { decision: 'inconclusive', reason: cut, stop: 'interrupted' },
      'AK-SLO-4': { decision: 'inconclusive', reason: { code: 'minimum-time', minTimeMs: 30_000 }, stop: 'interrupted' },
    },
  },
};

const latencyObjective = (quantile: number, limitMs: number): Objective => ({
  indicator: 'latency',
  scenario: 'unique',
  quantile,
  limitMs,
  limitIs: 'below',
});

export const promises: { id: string; statement: string; objective: Objective; implied?: string }[] = [
  {
    id: 'AK-SLO-1',
    statement: '95 % of inference requests are answered in less than 200 ms.',
    objective: latencyObjective(0.95, 200),
  },
  {
    id: 'AK-SLO-2',
    statement: '99 % of inference requests are answered in less than 500 ms.',
    objective: latencyObjective(0.99, 500),
  },
  {
    id: 'AK-SLO-3',
    statement: 'Fewer than 1 % of the requests are answered wrongly.',
    objective: { indicator: 'wrong-answers', scenario: 'unique', maxShare: 0.01 },
  },
  {
    id: 'AK-SLO-4',
    statement: 'The service is available for more than 99.9 % of the requests.',
    objective: { indicator: 'unavailability', scenario: 'unique', maxShare: 0.001 },
  },
  {
    id: 'AK-SLO-5',
    statement: 'More than 80 % of repeated requests are answered from the cache.',
    objective: { indicator: 'cache-misses', scenario: 'repeated', maxShare: 0.2 },
    implied: 'The rate is meant for repeated traffic.',
  },
];

export const notRun = [
  { id: 'AK-API-5', kind: 'api', statement: 'The gateway limits each address to 100 requests a minute.', section: 'API gateway' },
  {
    id: 'AK-ALERT-1',
    kind: 'alert',
    statement: 'An alert is raised when p95 exceeds 200 ms for ten minutes.',
    section: 'Alerting',
  },
  { id: 'AK-SCALE-1', kind: 'scale', statement: 'The service runs on 2 to 10 replicas.', section: 'Autoscaling' },
  { id: 'AK-SEC-2', kind: 'sec', statement: 'The cache is reached over TLS with a secret.', section: 'Security' },
] as const;

export const notRunReason = 'No check of this kind is part of the gate yet.';

export const conflicts: Profile['conflicts'] = [
  {
    statement: '"Availability above 99.9 %" is later defined as an error rate below 1 %; the stricter number is judged here.',
    touches: ['AK-SLO-3', 'AK-SLO-4'],
  },
  { statement: 'A limit of 100 requests a minute per address caps any load test through the gateway.', touches: ['AK-API-5'] },
];
