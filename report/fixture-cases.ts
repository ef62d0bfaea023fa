import type { Objective, Profile } from '../slo/profile.ts';
import type { ClientHealth } from '../slo/scenario-record.ts';
import type { Decision, ObjectiveVerdict, RunVerdicts } from '../slo/verdict.ts';

export const fixtureNames = ['pass', 'fail', 'invalid', 'inconclusive', 'interrupted', 'external', 'hostile'] as const;
export type FixtureName = (typeof fixtureNames)[number];

export interface Case {
  exitCode: RunVerdicts['exitCode'];
  judgedMs: number;
  /** Decisions and reasons that differ from a pass, by target. */
  differs: Record<string, { decision: Decision; reason: string; stop?: ObjectiveVerdict['stop']; neededSeconds?: number }>;
  slowShare: number;
  errorShare: number;
  fault: string | null;
  warnings: string[];
  client: Partial<ClientHealth>;
}

const calm: Case = {
  exitCode: 0,
  judgedMs: 42_000,
  differs: {},
  slowShare: 0.002,
  errorShare: 0,
  fault: null,
  warnings: [],
  client: {},
};

export const hostileText =
  '<script>alert(1)</script> & "quoted" \'single\' | pipe `tick` \u001b[31mred\u0000 ]]> <!-- <img src=x onerror=alert(1)>';

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
    fault: 'latency=300ms,errors=2%',
    differs: {
      'AK-SLO-1': { decision: 'fail', reason: 'More than 5 % of the requests failed or took at least 200 ms.' },
      'AK-SLO-2': { decision: 'fail', reason: 'More than 1 % of the requests failed or took at least 500 ms.' },
      'AK-SLO-3': { decision: 'fail', reason: 'More than 1 % of the answers were wrong.' },
      'AK-SLO-4': {
        decision: 'inconclusive',
        reason: 'Too few requests were seen to tell 0.1 % from what was measured.',
        stop: 'budget',
        neededSeconds: 240,
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
        {
          decision: 'invalid' as const,
          reason: 'Our own client sent 4.1 % of the requests late and dropped 412: the machine was too busy to measure.',
          stop: 'client-failed' as const,
        },
      ]),
    ),
  },
  inconclusive: {
    ...calm,
    exitCode: 2,
    judgedMs: 30_000,
    slowShare: 0.008,
    differs: {
      'AK-SLO-2': {
        decision: 'inconclusive',
        reason: 'The share of bad requests lies too near its limit for a budget of 30 s.',
        stop: 'budget',
        neededSeconds: 190,
      },
    },
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
      'AK-SLO-2': { decision: 'inconclusive', reason: 'Interrupted before enough requests were seen.', stop: 'interrupted' },
      'AK-SLO-4': { decision: 'inconclusive', reason: 'Interrupted before enough requests were seen.', stop: 'interrupted' },
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
