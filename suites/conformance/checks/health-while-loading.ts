import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is, matching } from '../../runner/matchers.ts';
import { whileLoading } from '../inside/server.ts';
import { oneServer } from '../inside/stacks.ts';
import { fieldOf } from '../shared/json.ts';

export const healthWhileLoading = check({
  id: 'health-while-loading',
  about: '/health is 503 and not healthy before the model is loaded',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({}),
  async run(context) {
    const { http, expect } = context;
    const health = await whileLoading(context, () => http({ path: '/health' }));
    expect.status('/health while the model loads', health, is(503));
    const loaded = fieldOf(health.json, 'model_loaded');
    expect.value('model_loaded while the model loads', loaded, is(false), health);
    const status = fieldOf(health.json, 'status');
    const other = matching(/^(?!healthy$)/i, 'a word other than "healthy"');
    expect.value('status while the model loads', status, other, health);
  },
});
