import type { CheckVerdict, RunVerdicts, TargetVerdict } from '../../slo/verdict.ts';
import { fixture } from '../fixture.testing.ts';

/** For tests: verdicts with checks, parts that were left out, advisory targets and checks of no target. */

const check = (id: string, decision: 'pass' | 'fail'): CheckVerdict => ({
  id,
  check: id.replace(/.*\//, ''),
  params: {},
  decision,
  reason: { code: decision === 'pass' ? 'as-expected' : 'not-as-expected' },
  evidence: {
    kind: 'exact',
    observations: 2,
    failed: decision === 'pass' ? 0 : 1,
    shown: [
      {
        subject: 'an empty body',
        expected: 'a client error, 400 to 499',
        seen: decision === 'pass' ? '400' : '500',
        ok: decision === 'pass',
        exchange: 3,
        repeat: "curl -sS -i -X POST 'http://127.0.0.1:9/score'",
      },
      { subject: 'white space alone', expected: '400', seen: '400', ok: true, exchange: 4 },
    ],
  },
});

const target = (
  id: string,
  decision: 'pass' | 'fail',
  rest: Partial<Extract<TargetVerdict, { leftOut: unknown }>> = {},
): TargetVerdict => ({
  id,
  kind: 'api',
  statement: `What ${id} says.`,
  section: 'Input Validation',
  decision,
  objectives: [],
  checks: [check(`${id}/empty-body`, decision)],
  leftOut: [],
  ...rest,
});

const { verdicts } = fixture('pass');

export const withParts: RunVerdicts = {
  ...verdicts,
  exitCode: 1,
  profiles: verdicts.profiles.map((profile) => ({
    ...profile,
    conflicts: [],
    checks: [check('http-methods', 'fail')],
    leftOut: [
      { part: 'http-framing', reason: { code: 'check-skipped', why: 'the service has no port' } },
    ],
    targets: [
      target('T-API-1', 'fail'),
      target('T-API-2', 'pass', {
        leftOut: [
          { part: 'T-API-2/inside', reason: { code: 'check-skipped', why: 'it sees nothing' } },
          { part: 'T-API-2/port', reason: { code: 'profile', text: 'No URL says it.' } },
        ],
      }),
      target('T-API-3', 'fail', {
        advisory: { reason: 'New since May.', until: '2026-12-31', counts: false },
      }),
      target('T-API-4', 'pass', {
        advisory: { reason: 'New since May.', until: '2026-01-31', counts: true },
      }),
    ],
  })),
};
