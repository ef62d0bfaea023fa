import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { success } from '../../runner/matchers.ts';
import { newRow, score, untilLoaded } from '../inside/server.ts';
import { oneServer } from '../inside/stacks.ts';

export const probesOnceLoaded = check({
  id: 'probes-once-loaded',
  about: 'a server whose model is loaded is alive, ready, and predicts',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({}),
  async run(context) {
    const { http, expect } = context;
    await untilLoaded(context);
    const paths = ['/liveness', '/readiness'];
    for (const path of paths)
      expect.status(`${path} with the model loaded`, await http({ path }), success);
    const answer = await score(http, [newRow()]);
    expect.status('a request with the model loaded', answer, success);
  },
});
