import { expect, test } from 'vitest';
import type { PlannedCheck } from '../../slo/check-record.ts';
import { bareSession } from '../runner/bare-session.testing.ts';
import { checks } from './checks/index.ts';
import { conformance } from './conformance.ts';

test('checks are done in the order of their list, however the profile names them', async () => {
  const [first, second] = checks.map(({ id }) => id);
  const planned = (check = '', limit = 1): PlannedCheck => ({
    profile: 'p',
    suite: 'conformance',
    check,
    params: { limit },
  });
  const session = {
    ...(await bareSession()),
    checks: [planned(second, 1), planned(first), planned(second, 2)],
  };
  const ids = conformance.tasks(session).map(({ id }) => id);
  expect(ids).toEqual([`p: ${first}`, `p: ${second}`, `p: ${second}`]);
});
