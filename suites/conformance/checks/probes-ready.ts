import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { success } from '../../runner/matchers.ts';

export const probesReady = check({
  id: 'probes-ready',
  about: 'a service that answers requests says so to both probes',
  needs: ['score'],
  params: z.object({}),
  async run({ http, expect }) {
    for (const path of ['/readiness', '/liveness'])
      expect.status(path, await http({ path }), success);
  },
});
