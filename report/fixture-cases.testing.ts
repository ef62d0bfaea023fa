import type { Objective, Profile } from '../slo/profile.ts';
import type { ClientHealth, ScenarioRecord, SwitchedFault } from '../slo/scenario-record.ts';

/** What was run in each fixture, and how the service behaved; what comes of it is the judge's. */
interface Case {
  judgedMs?: number;
  stop?: ScenarioRecord['stop'];
  /** Shares of requests that are slow, that are very slow, and that fail. */
  slow?: number;
  stalled?: number;
  errors?: number;
  /** A stretch in which more requests are slow, milliseconds since the start of the scenario. */
  spell?: { fromMs: number; toMs: number; slow: number };
  faults?: string[];
  /** Times since the start of the first scenario. */
  switched?: SwitchedFault[];
  warnings?: string[];
  /** A team's own service; one that says nothing of its cache. */
  external?: boolean;
  silent?: boolean;
  /** Of the load generator in the first scenario. */
  client?: Partial<ClientHealth>;
  failure?: string;
}

const window = (text: string, part: string | null, from: number, to: number) => ({
  text,
  part,
  from,
  to,
});

export const cases = {
  pass: {},
  fail: {
    stop: 'budget',
    slow: 0.11,
    errors: 0.035,
    faults: ['latency=300ms', 'errors=3%'],
    switched: [
      { text: 'latency=300ms', part: null, from: 0 },
      { text: 'errors=3%', part: null, from: 0 },
    ],
  },
  invalid: {
    stop: 'client-failed',
    failure: 'k6: out of memory',
    client: { exitCode: 107, dropped: 412, loopLagP99Ms: 480 },
  },
  inconclusive: { stop: 'budget', stalled: 0.009 },
  missed: {
    stop: 'budget',
    spell: { fromMs: 7_000, toMs: 8_500, slow: 0.9 },
    faults: ['pause=1500ms@7s'],
    switched: [window('pause=1500ms', 'reference-server-1', 7_000, 8_500)],
  },
  changed: {
    stop: 'budget',
    spell: { fromMs: 8_000, toMs: 14_000, slow: 0.07 },
    faults: ['latency=300ms:2s/1s', 'errors=1%@6s..9s'],
    switched: [
      ...[2, 4, 6, 8, 10, 12].map((at) =>
        window('latency=300ms', 'reference-server-2', 1000 * at, 1000 * at + 1000),
      ),
      window('errors=1%', null, 6_000, 9_000),
    ],
  },
  interrupted: {
    judgedMs: 4_000,
    stop: 'interrupted',
    warnings: [
      'The run was interrupted by SIGINT after 6 s; verdicts rest on what was recorded until then.',
      'The fault "pause=1s@20s" was never on: the load ended before. --min-time makes it last longer.',
    ],
  },
  external: { external: true },
  silent: { external: true, silent: true },
  hostile: {},
} satisfies Record<string, Case>;

export type FixtureName = keyof typeof cases;
export const fixtureNames = Object.keys(cases) as FixtureName[];
export const caseOf = (name: FixtureName): Case => cases[name];

export const hostileText =
  '<script>alert(1)</script> & "quoted" \'single\' | pipe `tick` \u001b[31mred\u0000 ]]> <!-- <img src=x onerror=alert(1)>';

/** `text` marks what a document or a service says of itself. */
export function profileOf(text: (value: string) => string): Profile {
  const slo = (id: number, statement: string, objective: Objective) => ({
    id: `AK-SLO-${id}`,
    kind: 'slo' as const,
    statement: text(statement),
    section: 'Service level objectives',
    objectives: [objective] as [Objective],
  });
  const notRun = (
    id: string,
    kind: 'api' | 'alert' | 'scale' | 'sec',
    statement: string,
    section: string,
  ) => ({
    id,
    kind,
    statement: text(statement),
    section,
    notRun: text('No check of this kind is part of the gate yet.'),
  });
  const latency = (quantile: number, limitMs: number): Objective => ({
    indicator: 'latency',
    scenario: 'unique',
    quantile,
    limitMs,
    limitIs: 'below',
  });
  return {
    schemaVersion: 1,
    id: 'mlops-aks',
    title: text('Machine-learning operations on AKS'),
    document: text('001_da5b0db0f22fc4d8.txt'),
    system: 'mlops-aks',
    scenarios: {
      unique: {
        api: 'score',
        model: text('sentiment'),
        payloads: { kind: 'unique' },
        arrivals: { shape: 'constant', perSecond: 300 },
      },
      repeated: {
        api: 'score',
        model: text('sentiment'),
        payloads: { kind: 'repeated', distinct: 20, ttlSeconds: 3600 },
        arrivals: { shape: 'poisson', perSecond: 60 },
      },
    },
    targets: [
      slo(1, '95 % of inference requests are answered in less than 200 ms.', latency(0.95, 200)),
      slo(2, '99 % of inference requests are answered in less than 500 ms.', latency(0.99, 500)),
      slo(3, 'Fewer than 1 % of the requests are answered wrongly.', {
        indicator: 'wrong-answers',
        scenario: 'unique',
        maxShare: 0.01,
      }),
      slo(4, 'The service is available for more than 99.5 % of the requests.', {
        indicator: 'unavailability',
        scenario: 'unique',
        maxShare: 0.005,
      }),
      {
        ...slo(5, 'More than 80 % of repeated requests are answered from the cache.', {
          indicator: 'cache-misses',
          scenario: 'repeated',
          maxShare: 0.2,
        }),
        implied: 'The rate is meant for repeated traffic.',
      },
      notRun(
        'AK-API-5',
        'api',
        'The gateway limits each address to 100 requests a minute.',
        'API gateway',
      ),
      notRun(
        'AK-ALERT-1',
        'alert',
        'An alert is raised when p95 exceeds 200 ms for ten minutes.',
        'Alerting',
      ),
      notRun('AK-SCALE-1', 'scale', 'The service runs on 2 to 10 replicas.', 'Autoscaling'),
      notRun('AK-SEC-2', 'sec', 'The cache is reached over TLS with a secret.', 'Security'),
    ],
    conflicts: [
      {
        statement: text(
          '"Availability above 99.5 %" is later defined as an error rate below 1 %; the stricter number is judged here.',
        ),
        touches: ['AK-SLO-3', 'AK-SLO-4'],
      },
      {
        statement: text('A limit of 100 requests a minute caps any load test through the gateway.'),
        touches: ['AK-API-5'],
      },
    ],
  };
}
