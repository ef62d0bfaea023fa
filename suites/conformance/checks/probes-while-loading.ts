import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is, success } from '../../runner/matchers.ts';
import { newRow, score, whileLoading } from '../inside/server.ts';
import { oneServer } from '../inside/stacks.ts';

export const probesWhileLoading = check({
  id: 'probes-while-loading',
  about: 'a server whose model loads is alive, not ready, and refuses to predict',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({}),
  async run(context) {
    const { http, expect } = context;
    const [alive, ready, answer] = await whileLoading(context, async () => [
      await http({ path: '/liveness' }),
      await http({ path: '/readiness' }),
      await score(http, [newRow()]),
    ]);
    expect.status('/liveness while the model loads', alive, success);
    expect.status('/readiness while the model loads', ready, is(503));
    expect.status('a request while the model loads', answer, is(503));
  },
});
